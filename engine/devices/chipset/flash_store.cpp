// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/flash_store.h"

#include "base/checked.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

namespace engine {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t PageBytes = 4096;
constexpr auto WriteDelay = 20ms; // firmware programs byte by byte
constexpr auto SyncDelay = 500ms;
constexpr auto RetryDelay = 1000ms;
constexpr std::uint64_t MaxStoreBytes = 64ULL << 20;

Result<> writeAll(int fd, std::span<const std::byte> bytes, std::uint64_t offset, const std::string& what)
{
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failSystem("cannot write the flash file '" + what + "'");
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

Result<std::vector<std::byte>> readAll(int fd, std::uint64_t sizeBytes, const std::string& what)
{
    struct stat info{};
    if (::fstat(fd, &info) != 0)
        return failSystem("cannot examine the flash file '" + what + "'");
    if (!S_ISREG(info.st_mode) || static_cast<std::uint64_t>(info.st_size) != sizeBytes)
        return fail(ErrorCode::InvalidArgument,
                    "the flash file '" + what + "' has " + std::to_string(info.st_size)
                        + " bytes, but the firmware needs " + std::to_string(sizeBytes)
                        + "; choose the variables file that belongs to this firmware, or "
                        + "remove it to start with fresh variables");
    std::vector<std::byte> contents(static_cast<std::size_t>(sizeBytes));
    for (std::size_t done = 0; done < contents.size();) {
        const ssize_t count =
            ::pread(fd, contents.data() + done, contents.size() - done, static_cast<off_t>(done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failSystem("cannot read the flash file '" + what + "'");
        if (count == 0)
            return fail(ErrorCode::Corrupt, "the flash file '" + what + "' shrank while it was read");
        done += static_cast<std::size_t>(count);
    }
    return contents;
}

Result<> synchroniseFolder(const std::filesystem::path& folder)
{
    const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0)
        return failSystem("cannot synchronise the folder '" + folder.string() + "'");
    return {};
}

/// A complete file appears under `file`, or none.
Result<> createFromTemplate(const std::filesystem::path& file, const std::filesystem::path& templateFile,
                            std::uint64_t sizeBytes)
{
    const UniqueFd source(::open(templateFile.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source)
        return failSystem("cannot open the firmware's variables template '" + templateFile.string() + "'");
    const auto contents = VM_TRY(readAll(source.get(), sizeBytes, templateFile.string()));
    std::string temporary = file.string() + ".XXXXXX";
    const UniqueFd target(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!target)
        return failSystem("cannot create a file beside '" + file.string() + "'");
    auto outcome = writeAll(target.get(), contents, 0, temporary);
    if (outcome && ::fsync(target.get()) != 0)
        outcome = failSystem("cannot synchronise the flash file '" + temporary + "'");
    if (outcome && ::rename(temporary.c_str(), file.c_str()) != 0)
        outcome = failSystem("cannot name the new flash file '" + file.string() + "'");
    if (!outcome) {
        ::unlink(temporary.c_str());
        return outcome;
    }
    return synchroniseFolder(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."));
}

} // namespace

Result<std::unique_ptr<FlashFile>> FlashFile::open(const std::filesystem::path& file,
                                                   const std::filesystem::path& templateFile,
                                                   std::uint64_t sizeBytes, EventLoop& loop, Log& log)
{
    if (sizeBytes == 0 || sizeBytes > MaxStoreBytes || sizeBytes % PageBytes != 0)
        return fail(ErrorCode::InvalidArgument,
                    "a flash of " + std::to_string(sizeBytes)
                        + " bytes is not made of whole 4096-byte blocks up to 64 MiB");
    UniqueFd fd(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd && errno == ENOENT) {
        VM_TRY(createFromTemplate(file, templateFile, sizeBytes));
        fd.reset(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    }
    if (!fd)
        return failSystem("cannot open the flash file '" + file.string() + "'");
    auto contents = VM_TRY(readAll(fd.get(), sizeBytes, file.string()));
    return std::unique_ptr<FlashFile>(new FlashFile(file, std::move(fd), std::move(contents), loop, log));
}

FlashFile::FlashFile(std::filesystem::path path, UniqueFd fd, std::vector<std::byte> contents,
                     EventLoop& loop, Log& log)
    : m_path(std::move(path)), m_fd(std::move(fd)), m_loop(loop), m_log(log), m_contents(std::move(contents))
{}

FlashFile::~FlashFile()
{
    if (const auto flushed = flush(); !flushed)
        m_log.error("flash",
                    "the last changes of the firmware's variables are lost: " + flushed.error().message());
    m_loop.runAndWait([this] { stopTimers(); });
}

std::vector<std::byte> FlashFile::contents() const
{
    std::scoped_lock lock(m_mutex);
    return m_contents;
}

void FlashFile::write(std::uint64_t offset, std::span<const std::byte> bytes)
{
    {
        std::scoped_lock lock(m_mutex);
        if (bytes.empty() || !isInside<std::uint64_t>(offset, bytes.size(), m_contents.size()))
            return;
        std::ranges::copy(bytes, m_contents.begin() + static_cast<std::ptrdiff_t>(offset));
        for (std::uint64_t page = offset / PageBytes; page <= (offset + bytes.size() - 1) / PageBytes; ++page)
            m_dirty.insert(page);
        if (std::exchange(m_posted, true))
            return;
    }
    m_loop.post([this] { scheduleWrite(WriteDelay); });
}

void FlashFile::scheduleWrite(std::chrono::milliseconds delay)
{
    if (!m_writeTimer)
        m_writeTimer =
            m_loop.startTimer(std::chrono::steady_clock::now() + delay, [this] { onWriteTimer(); });
}

void FlashFile::onWriteTimer()
{
    m_writeTimer.reset();
    if (const auto written = writeDirtyPages(); !written) {
        m_log.error("flash", written.error().message() + "; the change is kept and tried again");
        scheduleWrite(RetryDelay);
        return;
    }
    scheduleSync();
}

void FlashFile::scheduleSync()
{
    if (m_syncTimer)
        m_loop.stopTimer(*m_syncTimer);
    m_syncTimer = m_loop.startTimer(std::chrono::steady_clock::now() + SyncDelay, [this] {
        m_syncTimer.reset();
        if (const auto synced = synchronise(); !synced)
            m_log.error("flash", synced.error().message());
    });
}

Result<> FlashFile::writeDirtyPages()
{
    std::vector<std::pair<std::uint64_t, std::vector<std::byte>>> pages;
    {
        std::scoped_lock lock(m_mutex);
        m_posted = false;
        for (const std::uint64_t page : m_dirty) {
            const auto start = m_contents.begin() + static_cast<std::ptrdiff_t>(page * PageBytes);
            pages.emplace_back(page, std::vector<std::byte>(start, start + PageBytes));
        }
        m_dirty.clear();
    }
    for (std::size_t i = 0; i < pages.size(); ++i) {
        const auto& [page, bytes] = pages[i];
        if (auto written = writeAll(m_fd.get(), bytes, page * PageBytes, m_path.string()); !written) {
            std::scoped_lock lock(m_mutex);
            for (; i < pages.size(); ++i)
                m_dirty.insert(pages[i].first);
            m_posted = true; // the retry is ours
            return written;
        }
        m_needsSync = true;
    }
    return {};
}

Result<> FlashFile::synchronise()
{
    if (m_needsSync && ::fdatasync(m_fd.get()) != 0)
        return failSystem("cannot synchronise the flash file '" + m_path.string() + "'");
    m_needsSync = false;
    return {};
}

void FlashFile::stopTimers()
{
    for (auto* timer : {&m_writeTimer, &m_syncTimer})
        if (const auto id = std::exchange(*timer, std::nullopt))
            m_loop.stopTimer(*id);
}

Result<> FlashFile::flushOnLoop()
{
    if (auto written = writeDirtyPages(); !written) {
        scheduleWrite(RetryDelay);
        return written;
    }
    return synchronise();
}

Result<> FlashFile::flush()
{
    Result<> outcome;
    m_loop.runAndWait([&] { outcome = flushOnLoop(); });
    return outcome;
}

} // namespace engine
