// flow.cpp - integrate the gradient flow of a model and print its path.
//
//     c++ -std=c++17 flow.cpp $(pkg-config --cflags --libs lsaflow) -o flow
#include <lsaflow/lsaflow.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace
{

const std::string text = R"(
title: The path of Theorem 4.1
statement: merged
data: {context: 40, covariance: {spectrum: [2, 1, 0.5], rotation: 3}}
init: {scheme: paper, sigma: 0.1, theta: {random: 7}}
flow: {output: {points: 8}}
)";

// Handles of C with an owner; failures as exceptions.
using Model = std::unique_ptr<lsa_model, decltype(&lsa_model_destroy)>;
using Study = std::unique_ptr<lsa_study, decltype(&lsa_study_destroy)>;

void require(lsa_status status, const lsa_error &error)
{
    if (status != LSA_OK)
        throw std::runtime_error(error.text);
}

Model parse(const std::string &yaml)
{
    lsa_error error{};
    lsa_model *model = nullptr;
    require(lsa_model_parse("theorem-4.1.yaml", yaml.data(), yaml.size(), nullptr, &model, &error), error);
    return Model(model, lsa_model_destroy);
}

Study study_of(const Model &model)
{
    lsa_error error{};
    lsa_study *study = nullptr;
    lsa_study_options options = lsa_study_options_for(LSA_DOCUMENT_RUN);
    require(lsa_study_create(lsa_model_experiment(model.get(), 0), &options, &study, &error), error);
    return Study(study, lsa_study_destroy);
}

} // namespace

int main()
try {
    const Model model = parse(text);
    const Study study = study_of(model);
    lsa_error error{};
    const lsa_trajectory *path = nullptr;
    require(lsa_study_trajectory(study.get(), &path, &error), error);

    std::printf("%12s %22s %12s %12s\n", "time", "loss", "gap", "u");
    for (std::ptrdiff_t i = 0; i < lsa_trajectory_count(path); i++) {
        const lsa_sample sample = lsa_trajectory_sample(path, i);
        std::printf("%12.6g %22.16g %12.3g %12.8f\n", sample.time, sample.loss, sample.gap, sample.state[0]);
    }
    const lsa_kind kind = lsa_trajectory_classification(path).kind;
    std::printf("the path ends at a %s\n", lsa_kind_text(kind));
    return kind == LSA_KIND_GLOBAL_MINIMUM ? 0 : 1;
} catch (const std::exception &failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
}
