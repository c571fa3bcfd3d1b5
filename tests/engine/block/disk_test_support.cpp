// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/disk_test_support.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace engine::block::test {

TemporaryFolder::TemporaryFolder(Where where)
{
    const bool inMemory = where == Where::Memory && ::access("/dev/shm", W_OK) == 0;
    const std::filesystem::path parent = inMemory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string name = (parent / "guesthouse-block-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        std::abort();
    m_path = name;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

CommandResult shell(const std::string& command)
{
    CommandResult result;
    FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr)
        return result;
    std::array<char, 4096> buffer{};
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
        result.output.append(buffer.data(), count);
    const int status = ::pclose(pipe);
    result.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

bool hasQemuImg()
{
    static const bool Found = shell("qemu-img --version && qemu-io --version").exitCode == 0;
    return Found;
}

::testing::AssertionResult qemuCheckIsClean(const std::filesystem::path& image)
{
    const CommandResult result = shell("qemu-img check -f qcow2 '" + image.string() + "'");
    if (result.exitCode == 0)
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << "qemu-img check ends with " << result.exitCode << ": " << result.output.substr(0, 2000);
}

::testing::AssertionResult qemuSeesContents(const std::filesystem::path& image, std::string_view format,
                                            std::span<const std::byte> contents)
{
    const std::filesystem::path expected = image.string() + ".expected";
    writeFile(expected, contents);
    const CommandResult result = shell("qemu-img compare -f " + std::string(format) + " -F raw '"
                                       + image.string() + "' '" + expected.string() + "'");
    std::filesystem::remove(expected);
    if (result.exitCode == 0)
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << result.output.substr(0, 2000);
}

Bytes readFile(const std::filesystem::path& path)
{
    Bytes bytes(std::filesystem::file_size(path));
    std::ifstream(path, std::ios::binary)
        .read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

void writeFile(const std::filesystem::path& path, std::span<const std::byte> contents)
{
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(contents.data()), static_cast<std::streamsize>(contents.size()));
}

Bytes pattern(std::size_t length, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    Bytes bytes(length);
    for (std::size_t i = 0; i < length; ++i) {
        if (i % 64 == 0)
            seed = random();
        bytes[i] = static_cast<std::byte>(seed >> (i % 8 * 8));
    }
    return bytes;
}

BlockStatus BlockingDisk::write(std::uint64_t offset, std::span<const std::byte> bytes)
{
    IoVectors from;
    from.append(const_cast<std::byte*>(bytes.data()), bytes.size());
    return runBlocking(image().write(offset, std::move(from)));
}

BlockStatus BlockingDisk::read(std::uint64_t offset, std::span<std::byte> bytes)
{
    IoVectors into;
    into.append(bytes.data(), bytes.size());
    return runBlocking(image().read(offset, std::move(into)));
}

Bytes BlockingDisk::readAll()
{
    Bytes bytes(image().capacity());
    EXPECT_EQ(read(0, bytes), BlockStatus::Ok);
    return bytes;
}

BlockingDisk openDisk(const std::filesystem::path& path, ImageFormat format, OpenImageOptions options)
{
    auto opened = openImage(path, format, options);
    if (!opened) {
        ADD_FAILURE() << opened.error().message();
        std::abort(); // nothing below makes sense without the image
    }
    return BlockingDisk(std::move(*opened));
}

std::string refusal(const std::filesystem::path& path, ImageFormat format, const OpenImageOptions& options)
{
    const auto opened = openImage(path, format, options);
    return opened ? std::string() : opened.error().message();
}

} // namespace engine::block::test
