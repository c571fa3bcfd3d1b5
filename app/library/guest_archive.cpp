// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_archive.h"

#include "block/import/archive_library.h"
#include "library/guest_clone.h"
#include "library/guest_package.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::failSystem;
using engine::Result;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t CopyBytes = std::size_t{1} << 20;
constexpr std::size_t MostMembers = 10000;

using Writer = std::unique_ptr<archive, decltype(&::archive_write_free)>;
using Reader = std::unique_ptr<archive, decltype(&::archive_read_free)>;
using Member = std::unique_ptr<archive_entry, decltype(&::archive_entry_free)>;

/// Only behind openArchive() and writeArchive(), which load the library.
const engine::block::ArchiveLibrary& archives()
{
    return **engine::block::ArchiveLibrary::get();
}

bool isForOneRun(const fs::path& relative)
{
    const std::string name = relative.filename().string();
    return name == "guest.json" || name.ends_with(".lock") || name.ends_with(".new");
}

/// One archive on its way to disk.
class ArchiveWriter {
public:
    ArchiveWriter(const fs::path& target, std::string top, std::uint64_t total, const DiskProgress& report)
        : m_writer(archives().archive_write_new(), archives().archive_write_free), m_target(target),
          m_top(std::move(top)), m_total(total), m_report(report), m_buffer(CopyBytes)
    {}

    Result<> open(int descriptor)
    {
        archives().archive_write_set_format_pax_restricted(m_writer.get());
        const std::string extension = m_target.extension().string();
        if (extension == ".zst")
            archives().archive_write_add_filter_zstd(m_writer.get());
        else if (extension == ".gz" || extension == ".tgz")
            archives().archive_write_add_filter_gzip(m_writer.get());
        return check(archives().archive_write_open_fd(m_writer.get(), descriptor));
    }

    Result<> addText(const std::string& name, const std::string& text)
    {
        VM_TRY(begin(name, text.size()));
        return put(text.data(), text.size());
    }

    Result<> addFile(const fs::path& file, const std::string& name)
    {
        const engine::UniqueFd source(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
        struct stat info{};
        if (!source || ::fstat(source.get(), &info) != 0)
            return failSystem("cannot read " + file.string());
        VM_TRY(begin(name, static_cast<std::uint64_t>(info.st_size)));
        for (off_t left = info.st_size; left > 0;) {
            const auto wanted = std::min<std::size_t>(m_buffer.size(), static_cast<std::size_t>(left));
            const ssize_t count = ::read(source.get(), m_buffer.data(), wanted);
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return failSystem("cannot read " + file.string(), count == 0 ? EIO : errno);
            VM_TRY(put(m_buffer.data(), static_cast<std::size_t>(count)));
            left -= count;
            m_done += static_cast<std::uint64_t>(count);
            if (m_report && !m_report(m_done, m_total))
                return fail(ErrorCode::Cancelled, "stopped as requested");
        }
        return {};
    }

    Result<> close() { return check(archives().archive_write_close(m_writer.get())); }

private:
    Result<> begin(const std::string& name, std::uint64_t bytes)
    {
        const Member member(archives().archive_entry_new(), archives().archive_entry_free);
        archives().archive_entry_set_pathname(member.get(), (m_top + "/" + name).c_str());
        archives().archive_entry_set_filetype(member.get(), AE_IFREG);
        archives().archive_entry_set_perm(member.get(), S_IRUSR | S_IWUSR);
        archives().archive_entry_set_size(member.get(), static_cast<la_int64_t>(bytes));
        return check(archives().archive_write_header(m_writer.get(), member.get()));
    }

    Result<> put(const void* data, std::size_t bytes)
    {
        if (archives().archive_write_data(m_writer.get(), data, bytes) != static_cast<la_ssize_t>(bytes))
            return check(ARCHIVE_FATAL);
        return {};
    }

    Result<> check(int status)
    {
        if (status == ARCHIVE_OK || status == ARCHIVE_WARN)
            return {};
        return failSystem("cannot write " + m_target.string(), archives().archive_errno(m_writer.get()));
    }

    Writer m_writer;
    fs::path m_target;
    std::string m_top;
    std::uint64_t m_done = 0;
    std::uint64_t m_total;
    const DiskProgress& m_report;
    std::vector<char> m_buffer;
};

/// The description that goes into the archive, and the disks from elsewhere that go with it.
GuestDescription describePortably(const GuestEntry& entry,
                                  std::vector<std::pair<fs::path, std::string>>& extra)
{
    GuestDescription guest = entry.guest;
    makePathsRelative(guest.config, entry.folder);
    for (std::size_t i = 0; i < guest.config.disks.size(); ++i) {
        std::string& path = guest.config.disks[i].path;
        if (!path.starts_with('/'))
            continue;
        const fs::path file = path;
        path = "disks/copy-" + std::to_string(i + 1) + file.extension().string();
        extra.emplace_back(file, path);
    }
    for (engine::CdConfig& cd : guest.config.cds) {
        if (cd.path.starts_with('/'))
            cd.path.clear();
    }
    return guest;
}

Result<> writeArchive(const GuestEntry& entry, const fs::path& target, int descriptor,
                      const DiskProgress& onProgress)
{
    (void)VM_TRY(engine::block::ArchiveLibrary::get());
    std::vector<std::pair<fs::path, std::string>> extra;
    const GuestDescription guest = describePortably(entry, extra);
    ArchiveWriter archive(target, folderNameFor(guest.config.name), bytesToClone(entry), onProgress);
    VM_TRY(archive.open(descriptor));
    VM_TRY(archive.addText("guest.json", formatGuest(guest)));
    std::error_code failure;
    for (auto item = fs::recursive_directory_iterator(entry.folder, failure);
         !failure && item != fs::recursive_directory_iterator(); item.increment(failure)) {
        const fs::path relative = item->path().lexically_relative(entry.folder);
        std::error_code ignored;
        if (!item->is_symlink(ignored) && item->is_regular_file(ignored) && !isForOneRun(relative))
            VM_TRY(archive.addFile(item->path(), relative.string()));
    }
    if (failure)
        return failSystem("cannot read the folder " + entry.folder.string(), failure.value());
    for (const auto& [file, name] : extra)
        VM_TRY(archive.addFile(file, name));
    return archive.close();
}

Result<Reader> openArchive(int descriptor, const fs::path& file)
{
    (void)VM_TRY(engine::block::ArchiveLibrary::get());
    Reader reader(archives().archive_read_new(), archives().archive_read_free);
    archives().archive_read_support_format_tar(reader.get());
    archives().archive_read_support_filter_zstd(reader.get());
    archives().archive_read_support_filter_gzip(reader.get());
    if (archives().archive_read_open_fd(reader.get(), descriptor, CopyBytes) != ARCHIVE_OK)
        return fail(ErrorCode::Corrupt, file.string() + " is not an exported guest.");
    return reader;
}

/// The member's place below the guest's folder; empty for what is not taken (folders, links, anything
/// that would lie outside).
fs::path placeOf(archive_entry* member)
{
    const char* name = archives().archive_entry_pathname(member);
    if (!name || archives().archive_entry_filetype(member) != AE_IFREG
        || archives().archive_entry_hardlink(member))
        return {};
    const fs::path path = fs::path(name).lexically_normal();
    if (path.is_absolute() || std::ranges::find(path, "..") != path.end()
        || std::ranges::distance(path.begin(), path.end()) < 2)
        return {};
    return path.lexically_relative(*path.begin());
}

/// `goesOn` is asked before each piece.
Result<> unpackMember(archive* reader, const fs::path& target, const std::function<bool()>& goesOn)
{
    VM_TRY(makeFolder(target.parent_path()));
    const engine::UniqueFd file(
        ::open(target.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!file)
        return failSystem("cannot create " + target.string());
    for (;;) {
        const void* data = nullptr;
        std::size_t bytes = 0;
        la_int64_t offset = 0;
        const int status = archives().archive_read_data_block(reader, &data, &bytes, &offset);
        if (status == ARCHIVE_EOF)
            return ::fsync(file.get()) == 0 ? Result<>() : failSystem("cannot write " + target.string());
        if (status != ARCHIVE_OK || offset < 0)
            return fail(ErrorCode::Corrupt, "The archive is damaged or incomplete.");
        if (!goesOn())
            return fail(ErrorCode::Cancelled, "stopped as requested");
        const ssize_t written = ::pwrite(file.get(), data, bytes, offset);
        if (written != static_cast<ssize_t>(bytes))
            return failSystem("cannot write " + target.string(), written < 0 ? errno : ENOSPC);
    }
}

bool staysInside(const std::string& path)
{
    const fs::path normal = fs::path(path).lexically_normal();
    return normal.is_relative() && std::ranges::find(normal, "..") == normal.end();
}

/// What somebody else's configuration must not make of this user's files.
Result<> requireHarmless(engine::VmConfig& config)
{
    for (engine::CdConfig& cd : config.cds) {
        if (!staysInside(cd.path))
            cd.path.clear();
    }
    for (engine::NetworkConfig& network : config.networks) {
        if (network.mode == engine::NetworkMode::Tap)
            network.mode = engine::NetworkMode::User;
        network.captureFile.clear();
        network.macAddress.clear();
    }
    config.serial = {};
    config.debugConsoleFile.clear();
    std::vector<std::string> paths{config.floppyPath, config.firmware.path, config.firmware.variablesPath};
    for (const engine::DiskConfig& disk : config.disks)
        paths.push_back(disk.path);
    paths.insert(paths.end(), config.optionRoms.begin(), config.optionRoms.end());
    if (config.kernel)
        paths.insert(paths.end(), {config.kernel->path, config.kernel->initrdPath});
    for (const std::string& path : paths) {
        if (!staysInside(path))
            return fail(ErrorCode::Denied, "The exported guest wants to use " + path
                                               + " on this computer; it was not imported.");
    }
    return {};
}

/// Calls `visit(reader, place)` for each plain file.
template <class Visit>
Result<> forEachMember(const fs::path& file, Visit visit)
{
    const engine::UniqueFd descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor)
        return failSystem("cannot read " + file.string());
    const Reader reader = VM_TRY(openArchive(descriptor.get(), file));
    for (std::size_t members = 0; members < MostMembers; ++members) {
        archive_entry* member = nullptr;
        const int status = archives().archive_read_next_header(reader.get(), &member);
        if (status == ARCHIVE_EOF)
            return {};
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return fail(ErrorCode::Corrupt, "The archive is damaged or incomplete.");
        if (const fs::path place = placeOf(member); !place.empty() && !VM_TRY(visit(reader.get(), place)))
            return {};
    }
    return fail(ErrorCode::Corrupt, "The archive has too many files for a guest.");
}

Result<GuestDescription> readDescription(const fs::path& file)
{
    std::optional<std::string> text;
    VM_TRY(forEachMember(file, [&](archive* reader, const fs::path& place) -> Result<bool> {
        if (place != "guest.json")
            return false; // it is the first member of every archive of ours
        std::string contents(LongestGuestFile + 1, '\0');
        const la_ssize_t count = archives().archive_read_data(reader, contents.data(), contents.size());
        if (count >= 0)
            text = contents.substr(0, static_cast<std::size_t>(count));
        return false;
    }));
    if (!text)
        return fail(ErrorCode::Unsupported, file.string() + " is not an exported guest.");
    return parseGuest(*text);
}

} // namespace

Result<> exportGuest(const GuestEntry& entry, const fs::path& target, const DiskProgress& onProgress)
{
    if (entry.problem)
        return fail(ErrorCode::InvalidState, "A guest with a damaged configuration cannot be exported.");
    if (target.extension() == ".ova")
        return exportPackage(entry, target, onProgress);
    const engine::UniqueFd file(
        ::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file)
        return failSystem("cannot create " + target.string());
    auto written = writeArchive(entry, target, file.get(), onProgress);
    if (written && ::fsync(file.get()) != 0)
        written = failSystem("cannot write " + target.string());
    if (!written)
        ::unlink(target.c_str());
    return written;
}

bool looksLikeGuestArchive(const fs::path& file)
{
    return readDescription(file).has_value();
}

Result<GuestEntry> importGuest(GuestLibrary& library, const fs::path& file, std::string name,
                               const DiskProgress& onProgress)
{
    GuestDescription guest = VM_TRY(readDescription(file));
    VM_TRY(requireHarmless(guest.config));
    guest.config.name = name.empty() ? library.freeName(guest.config.name) : std::move(name);
    std::error_code ignored;
    const std::uint64_t total = fs::file_size(file, ignored);
    return library.create(std::move(guest), [&](const fs::path& folder) {
        return forEachMember(file, [&](archive* reader, const fs::path& place) -> Result<bool> {
            if (isForOneRun(place))
                return true;
            VM_TRY(unpackMember(reader, folder / place, [&] {
                const auto done = std::max<la_int64_t>(archives().archive_filter_bytes(reader, -1), 0);
                return !onProgress || onProgress(static_cast<std::uint64_t>(done), total);
            }));
            return true;
        });
    });
}

} // namespace app
