// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace boot {

/// A folder of its own that goes away with this object.
class TestFolder {
public:
    TestFolder();
    ~TestFolder();
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    TestFolder(TestFolder&&) = delete;
    TestFolder& operator=(TestFolder&&) = delete;
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

/// What a program of the host printed (both streams) and returned; -1 when it did not run.
struct HostResult {
    int status = -1;
    std::string output;
};

/// Runs a program with the system's folders in its search path, and waits for it.
[[nodiscard]] HostResult runOnHost(const std::vector<std::string>& words);
[[nodiscard]] bool hostHas(const std::string& program);

/// The kernel that `tools/build-NAME` has left in the cache folder; empty when it was not built.
[[nodiscard]] std::string builtKernel(const std::string& name);

/// Bytes that look random and are the same for the same seed.
[[nodiscard]] std::string patternBytes(std::size_t count, std::uint32_t seed);
[[nodiscard]] std::string readFile(const std::filesystem::path& path);
void writeFile(const std::filesystem::path& path, const std::string& content);
/// Longer by zeros, as firmware wants disks to be.
void padTo(const std::filesystem::path& path, std::uintmax_t bytes);

/// The checksum that our own boot sectors print (tests/guests/sector_sum.inc), in eight digits.
[[nodiscard]] std::string sectorSum(const std::string& bytes);

} // namespace boot

#define REQUIRE_PROGRAM(name)                                                                                \
    if (!boot::hostHas(name))                                                                                \
    GTEST_SKIP() << "not installed on this machine: " << (name)
