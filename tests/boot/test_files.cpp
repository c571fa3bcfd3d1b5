// SPDX-License-Identifier: GPL-3.0-or-later
#include "boot/test_files.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace boot {

TestFolder::TestFolder()
{
    std::string name = (std::filesystem::temp_directory_path() / "guesthouse-boot-XXXXXX").string();
    m_path = ::mkdtemp(name.data()) ? name : std::string("/nonexistent");
}

TestFolder::~TestFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

HostResult runOnHost(const std::vector<std::string>& words)
{
    std::string line = "PATH=$PATH:/usr/sbin:/sbin";
    for (const std::string& word : words)
        line += " '" + word + "'";
    HostResult result;
    FILE* pipe = ::popen((line + " 2>&1 </dev/null").c_str(), "r"); // NOLINT(cert-env33-c): our own words
    if (!pipe)
        return result;
    std::array<char, 4096> part{};
    while (const std::size_t count = std::fread(part.data(), 1, part.size(), pipe))
        result.output.append(part.data(), count);
    const int status = ::pclose(pipe);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

bool hostHas(const std::string& program)
{
    for (const char* folder : {"/usr/bin", "/bin", "/usr/sbin", "/sbin"})
        if (std::filesystem::exists(std::filesystem::path(folder) / program))
            return true;
    return false;
}

std::string builtKernel(const std::string& name)
{
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    const std::filesystem::path folder =
        cache ? std::filesystem::path(cache) : std::filesystem::path(home ? home : "/") / ".cache";
    const auto path = folder / "guesthouse-tests" / name / "vmlinux";
    return std::filesystem::exists(path) ? path.string() : std::string();
}

std::string patternBytes(std::size_t count, std::uint32_t seed)
{
    std::string bytes(count, '\0');
    std::uint32_t state = seed | 1U;
    for (char& byte : bytes) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

std::string readFile(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void writeFile(const std::filesystem::path& path, const std::string& content)
{
    std::ofstream file(path, std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
}

void padTo(const std::filesystem::path& path, std::uintmax_t bytes)
{
    if (std::filesystem::file_size(path) < bytes)
        std::filesystem::resize_file(path, bytes);
}

std::string sectorSum(const std::string& bytes)
{
    std::uint32_t sum = 0;
    for (const char byte : bytes)
        sum = std::rotl(sum, 1) + static_cast<std::uint8_t>(byte);
    std::array<char, 9> text{};
    (void)std::snprintf(text.data(), text.size(), "%08X", sum);
    return text.data();
}

} // namespace boot
