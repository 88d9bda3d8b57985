# Reads `ctest --show-only=json-v1`; prints one test a line: name, labels, how it is run.
function text(line) {
    sub(/^[^"]*"/, "", line)
    sub(/",?$/, "", line)
    return line
}
/^      "command" :/ { list = "command"; next }
/^      "name" :/ { sub(/^      "name" : /, ""); name = text($0) }
/^          "name" : "ENVIRONMENT"/ { list = "environment" }
/^          "name" : "LABELS"/ { list = "labels" }
/^          "name" : "(TIMEOUT|WORKING_DIRECTORY)"/ { list = "" }
/^ *\],?$/ { list = "" }
list == "command" && /^        "/ { command = command " " text($0) }
list == "environment" && /^            "/ { environment = environment " " text($0) }
list == "labels" && /^            "/ { labels = labels " " text($0) }
/^    \},?$/ && name != "" {
    printf "%s\t%s\tenv%s%s\n", name, substr(labels, 2), environment, command
    name = command = environment = labels = ""
}
