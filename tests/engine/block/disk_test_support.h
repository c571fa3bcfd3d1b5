// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/create_image.h"
#include "block/image_backend.h"
#include "block/open_image.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <future>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace engine::block::test {

using Bytes = std::vector<std::byte>;

/// A folder that goes away with the test; in memory where that is possible, because tests sync
/// thousands of times.
class TemporaryFolder {
public:
    enum class Where : bool { Memory, Storage };
    explicit TemporaryFolder(Where where = Where::Memory);
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    TemporaryFolder(TemporaryFolder&&) = delete;
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;

    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return m_path / name; }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

struct CommandResult {
    int exitCode = -1;
    std::string output; ///< stdout and stderr
};
/// Runs a shell command; tests build it from paths of their own.
CommandResult shell(const std::string& command);
/// The reference tools; a test that needs them skips itself without.
bool hasQemuImg();
::testing::AssertionResult qemuCheckIsClean(const std::filesystem::path& image);
/// The image holds exactly these bytes, says qemu-img.
::testing::AssertionResult qemuSeesContents(const std::filesystem::path& image, std::string_view format,
                                            std::span<const std::byte> contents);
Bytes readFile(const std::filesystem::path& path);
void writeFile(const std::filesystem::path& path, std::span<const std::byte> contents);
Bytes pattern(std::size_t length, std::uint64_t seed);

/// An image used with blocking calls.
class BlockingDisk {
public:
    explicit BlockingDisk(OpenedImage opened) : m_opened(std::move(opened)) {}
    [[nodiscard]] Image& image() { return *m_opened.image; }
    [[nodiscard]] FileIo& io() { return *m_opened.files.front(); }
    BlockStatus write(std::uint64_t offset, std::span<const std::byte> bytes);
    BlockStatus read(std::uint64_t offset, std::span<std::byte> bytes);
    Bytes readAll();
    BlockStatus flush() { return runBlocking(image().flush()); }
    BlockStatus discard(std::uint64_t offset, std::uint64_t length)
    {
        return runBlocking(image().discard(offset, length));
    }
    BlockStatus zero(std::uint64_t offset, std::uint64_t length, bool mayUnmap)
    {
        return runBlocking(image().writeZeroes(offset, length, mayUnmap));
    }
    BlockStatus grow(std::uint64_t capacity) { return runBlocking(image().grow(capacity)); }

private:
    OpenedImage m_opened;
};
/// Opens, or fails the test and returns nothing useful.
BlockingDisk openDisk(const std::filesystem::path& path, ImageFormat format = ImageFormat::Qcow2,
                      OpenImageOptions options = {});
/// The sentence with which opening fails; empty when it succeeds.
std::string refusal(const std::filesystem::path& path, ImageFormat format = ImageFormat::Qcow2,
                    const OpenImageOptions& options = {});

} // namespace engine::block::test
