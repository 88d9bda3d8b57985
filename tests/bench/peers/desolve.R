#!/usr/bin/Rscript
# R's deSolve on all d^2 + 1 unknowns: lsoda with the full analytic Jacobian, to the time at which ours stopped.
#     desolve.R METHOD FILE     (the format of FILE and the equations are in problem.py)
if (!suppressWarnings(suppressMessages(require("deSolve", quietly = TRUE)))) {
    cat("missing: deSolve\n")
    quit(status = 77)
}
x <- readBin(commandArgs(TRUE)[2], "double", 1e8)
d <- x[1]; N <- x[2]; rtol <- x[3]; end <- x[5]
l <- x[6 + seq_len(d)]
U <- x[6 + d + seq_len(d * d)]
g <- (1 + 1 / N) * l + sum(l) / N
h <- as.vector(outer(l * g, l))
B <- l^2
on <- (seq_len(d) - 1) * (d + 1) + 1 # the diagonal of U, column by column
start <- c(x[6], U)
limit <- sqrt(sum(1 / g^2))
c0 <- x[6]^2 - sum(U^2)
atol <- 1e-12 * sqrt((c0 + sqrt(c0^2 + 4 * limit^2)) / 2)

rhs <- function(t, y, parms) {
    u <- y[1]; hU <- h * y[-1]
    f <- -u * u * hU
    f[on] <- f[on] + u * B
    list(c(sum(B * y[1 + on]) - u * sum(hU * y[-1]), f))
}
jacobian <- function(t, y, parms) {
    u <- y[1]; hU <- h * y[-1]
    row <- -2 * u * hU
    row[on] <- row[on] + B
    J <- diag(c(-sum(hU * y[-1]), -u * u * h))
    J[1, -1] <- row
    J[-1, 1] <- row
    J
}
began <- proc.time()[["elapsed"]]
out <- lsoda(start, c(0, end), rhs, NULL, rtol = rtol, atol = atol, jacfunc = jacobian, jactype = "fullusr",
             maxsteps = 1e6)
seconds <- proc.time()[["elapsed"]] - began
y <- out[2, -1]
e <- y[1] * y[-1]
e[on] <- e[on] - 1 / g
cat(sprintf("peer %.9g %.9g %.9g\n", seconds, attr(out, "istate")[2], sqrt(sum(e^2)) / limit))
