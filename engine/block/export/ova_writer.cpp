// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/export/ova_writer.h"

#include "block/export/vmdk_writer.h"
#include "block/image_file.h"
#include "block/import/archive_library.h"
#include "block/import/ovf_manifest.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace engine::block {

namespace {

namespace fs = std::filesystem;
using Archive = std::unique_ptr<archive, decltype(&::archive_write_free)>;
using Entry = std::unique_ptr<archive_entry, decltype(&::archive_entry_free)>;

/// Names in packages: what every file system takes.
std::string plainName(std::string_view name)
{
    std::string plain;
    for (const char c : name) {
        const bool isPlain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
                             || c == '-' || c == '_' || (c == '.' && !plain.empty());
        plain += isPlain ? c : '_';
    }
    return plain.empty() ? "machine" : plain.substr(0, 64);
}

class PackageWriter {
public:
    PackageWriter(const Appliance& appliance, const fs::path& target, const Progress& progress)
        : m_appliance(appliance), m_target(target), m_progress(progress), m_stem(plainName(appliance.name))
    {}
    PackageWriter(const PackageWriter&) = delete;
    PackageWriter& operator=(const PackageWriter&) = delete;
    PackageWriter(PackageWriter&&) = delete;
    PackageWriter& operator=(PackageWriter&&) = delete;
    ~PackageWriter()
    {
        std::error_code ignored;
        if (!m_scratch.empty())
            fs::remove_all(m_scratch, ignored);
        if (m_isCreated && !m_isComplete)
            fs::remove(m_target, ignored);
    }

    Result<> run(const BasePolicy& bases)
    {
        const ImageFile file = VM_TRY(ImageFile::createNew(m_target));
        m_isCreated = true;
        std::string scratch = (fs::absolute(m_target).parent_path() / ".exporting-XXXXXX").string();
        if (::mkdtemp(scratch.data()) == nullptr)
            return failSystem("cannot create a folder beside '" + m_target.string() + "'");
        m_scratch = scratch;
        for (const ApplianceDisk& disk : m_appliance.disks)
            VM_TRY(packDisk(disk, bases));
        m_library = VM_TRY(ArchiveLibrary::get());
        VM_TRY(writeArchive(file));
        VM_TRY(file.sync());
        m_isComplete = true;
        return {};
    }

private:
    /// The tar format wants sizes first, so the disks are packed before the archive is begun.
    Result<> packDisk(const ApplianceDisk& disk, const BasePolicy& bases)
    {
        const std::string name = m_stem + "-disk" + std::to_string(m_disks.size() + 1) + ".vmdk";
        const std::unique_ptr<ImageReader> source = VM_TRY(openSource(disk.path, disk.format, bases));
        VM_TRY(writeStreamVmdk(*source, m_scratch / name, m_progress));
        std::error_code unknown;
        m_disks.push_back({.fileName = name,
                           .fileBytes = fs::file_size(m_scratch / name, unknown),
                           .capacityBytes = source->capacity()});
        return {};
    }

    Result<> writeArchive(const ImageFile& file)
    {
        constexpr std::uint64_t UstarLimit = 8ULL << 30;
        const bool isLarge = std::ranges::any_of(
            m_disks, [](const PackagedDisk& disk) { return disk.fileBytes >= UstarLimit; });
        const Archive writer(m_library->archive_write_new(), m_library->archive_write_free);
        if (isLarge)
            m_library->archive_write_set_format_gnutar(writer.get());
        else
            m_library->archive_write_set_format_ustar(writer.get());
        if (!writer || m_library->archive_write_open_fd(writer.get(), file.fd()) != ARCHIVE_OK)
            return failWriting(writer.get());
        const std::string descriptor = ovfDescriptor(m_appliance, m_disks);
        VM_TRY(addText(writer.get(), m_stem + ".ovf", descriptor));
        const std::string digests = VM_TRY(manifest(descriptor));
        VM_TRY(addText(writer.get(), m_stem + ".mf", digests));
        for (const PackagedDisk& disk : m_disks)
            VM_TRY(addFile(writer.get(), disk));
        if (m_library->archive_write_close(writer.get()) != ARCHIVE_OK)
            return failWriting(writer.get());
        return {};
    }

    [[nodiscard]] Result<std::string> manifest(const std::string& descriptor) const
    {
        std::string text;
        FileDigest ofDescriptor(DigestKind::Sha256);
        ofDescriptor.add(std::as_bytes(std::span(descriptor)));
        text += "SHA256(" + m_stem + ".ovf)= " + ofDescriptor.finish() + "\n";
        for (const PackagedDisk& disk : m_disks) {
            FileDigest digest(DigestKind::Sha256);
            VM_TRY(forEachPart(disk, [&](std::span<const std::byte> part) -> Result<> {
                digest.add(part);
                return {};
            }));
            text += "SHA256(" + disk.fileName + ")= " + digest.finish() + "\n";
        }
        return text;
    }

    template <class Take>
    Result<> forEachPart(const PackagedDisk& disk, Take take) const
    {
        const ImageFile file = VM_TRY(ImageFile::open(m_scratch / disk.fileName, ImageUse::Inspect));
        std::vector<std::byte> buffer(1 << 20);
        for (std::uint64_t at = 0; at < disk.fileBytes; at += buffer.size()) {
            if (m_progress.stop.stop_requested())
                return fail(ErrorCode::Cancelled, "stopped as requested");
            const std::span part =
                std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), disk.fileBytes - at));
            VM_TRY(file.readAt(at, part));
            VM_TRY(take(std::span<const std::byte>(part)));
        }
        return {};
    }

    Result<> begin(archive* writer, const std::string& name, std::uint64_t bytes)
    {
        const Entry entry(m_library->archive_entry_new(), m_library->archive_entry_free);
        m_library->archive_entry_set_pathname(entry.get(), name.c_str());
        m_library->archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
        m_library->archive_entry_set_filetype(entry.get(), AE_IFREG);
        m_library->archive_entry_set_perm(entry.get(), 0644);
        if (m_library->archive_write_header(writer, entry.get()) != ARCHIVE_OK)
            return failWriting(writer);
        return {};
    }

    Result<> addText(archive* writer, const std::string& name, std::string_view text)
    {
        VM_TRY(begin(writer, name, text.size()));
        return addBytes(writer, std::as_bytes(std::span(text)));
    }

    Result<> addFile(archive* writer, const PackagedDisk& disk)
    {
        VM_TRY(begin(writer, disk.fileName, disk.fileBytes));
        return forEachPart(disk, [&](std::span<const std::byte> part) { return addBytes(writer, part); });
    }

    Result<> addBytes(archive* writer, std::span<const std::byte> bytes)
    {
        if (m_library->archive_write_data(writer, bytes.data(), bytes.size())
            != static_cast<la_ssize_t>(bytes.size()))
            return failWriting(writer);
        return {};
    }

    [[nodiscard]] std::unexpected<Error> failWriting(archive* writer) const
    {
        return failSystem("cannot write the package '" + m_target.string() + "'",
                          m_library->archive_errno(writer));
    }

    const ArchiveLibrary* m_library = nullptr; ///< set before anything is written
    const Appliance& m_appliance;
    const fs::path& m_target;
    const Progress& m_progress;
    const std::string m_stem;
    fs::path m_scratch;
    std::vector<PackagedDisk> m_disks;
    bool m_isCreated = false;
    bool m_isComplete = false;
};

} // namespace

Result<> exportAppliance(const Appliance& appliance, const fs::path& target, const BasePolicy& bases,
                         const Progress& progress)
{
    if (appliance.disks.empty())
        return fail(ErrorCode::InvalidArgument, "a package needs at least one disk");
    return PackageWriter(appliance, target, progress).run(bases);
}

} // namespace engine::block
