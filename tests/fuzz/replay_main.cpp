// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a fuzz target without libFuzzer: every file of the corpus folders named on the command line,
// then pseudo-random inputs from a fixed seed.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv)
{
    unsigned files = 0;
    for (int i = 1; i < argc; ++i) {
        std::error_code absent;
        for (const auto& entry : std::filesystem::directory_iterator(argv[i], absent)) {
            std::ifstream file(entry.path(), std::ios::binary);
            const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
            ++files;
        }
    }
    constexpr int RandomInputs = 200;
    std::mt19937 random(1); // NOLINT(bugprone-random-generator-seed): repeatable on purpose
    for (int i = 0; i < RandomInputs; ++i) {
        std::vector<std::uint8_t> bytes(random() % 2048);
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(random());
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
    std::printf("%u corpus files and %d random inputs, no fault\n", files, RandomInputs);
    return 0;
}
