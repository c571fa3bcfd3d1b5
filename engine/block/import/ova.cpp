// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/image_file.h"
#include "block/import/ovf.h"
#include "block/import/ovf_manifest.h"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace engine::block {

namespace {

constexpr std::size_t MaxMembers = 512;
constexpr std::int64_t MaxDescriptorBytes = 4 << 20;

using Archive = std::unique_ptr<archive, decltype(&archive_read_free)>;

/// The files of one package, on their way into a folder.
class OvaUnpacker {
public:
    OvaUnpacker(const std::filesystem::path& package, const std::filesystem::path& folder,
                const Progress& progress)
        : m_package(package), m_folder(folder), m_progress(progress)
    {}
    OvaUnpacker(const OvaUnpacker&) = delete;
    OvaUnpacker& operator=(const OvaUnpacker&) = delete;
    OvaUnpacker(OvaUnpacker&&) = delete;
    OvaUnpacker& operator=(OvaUnpacker&&) = delete;
    ~OvaUnpacker()
    {
        if (m_isComplete)
            return;
        for (const std::filesystem::path& file : m_written)
            ::unlink(file.c_str());
    }

    Result<OvfMachine> run()
    {
        const ImageFile file = VM_TRY(ImageFile::open(m_package, ImageUse::ReadOnly));
        m_totalBytes = VM_TRY(file.size());
        VM_TRY(findDescriptor(file));
        VM_TRY(forEachMember(file, [this](archive* reader, archive_entry*, const std::string& name) {
            return takeDisk(reader, name);
        }));
        for (const OvfDisk& disk : m_machine->disks) {
            if (!isWritten(disk.fileName))
                return refuse("doesn't contain the disk '" + disk.fileName + "'");
        }
        m_isComplete = true;
        return std::move(*m_machine);
    }

    /// Unpacks nothing.
    Result<OvfMachine> readDescriptor()
    {
        const ImageFile file = VM_TRY(ImageFile::open(m_package, ImageUse::Inspect));
        VM_TRY(findDescriptor(file));
        return std::move(*m_machine);
    }

private:
    /// The descriptor comes first in a package, but nothing forces it: look for it on its own.
    Result<> findDescriptor(const ImageFile& file)
    {
        VM_TRY(forEachMember(file, [this](archive* reader, archive_entry* entry, const std::string& name) {
            return takeDescriptor(reader, entry, name);
        }));
        if (!m_machine)
            return refuse("contains no OVF descriptor");
        return checkDescriptor();
    }

    [[nodiscard]] std::unexpected<Error> refuse(std::string_view why) const
    {
        std::string text = "the package '";
        text += m_package.string();
        text += "' ";
        text += why;
        return fail(ErrorCode::Corrupt, std::move(text));
    }

    [[nodiscard]] bool isWritten(const std::string& name) const
    {
        return std::ranges::find(m_written, m_folder / name) != m_written.end();
    }

    template <class Visit>
    Result<> forEachMember(const ImageFile& file, Visit visit)
    {
        if (::lseek(file.fd(), 0, SEEK_SET) != 0)
            return failSystem("cannot read the package");
        const Archive reader(archive_read_new(), &archive_read_free);
        archive_read_support_format_tar(reader.get());
        constexpr std::size_t ReadBytes = 1 << 20;
        if (!reader || archive_read_open_fd(reader.get(), file.fd(), ReadBytes) != ARCHIVE_OK)
            return refuse("is not a tar archive");
        for (std::size_t members = 0;; ++members) {
            archive_entry* entry = nullptr;
            const int status = archive_read_next_header(reader.get(), &entry);
            if (status == ARCHIVE_EOF)
                return {};
            if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
                return refuse("is not a tar archive, or it is damaged");
            if (members == MaxMembers)
                return refuse("contains too many files");
            const char* const name = archive_entry_pathname(entry);
            if (name != nullptr && archive_entry_filetype(entry) == AE_IFREG)
                VM_TRY(visit(reader.get(), entry, std::string(name)));
        }
    }

    Result<> takeDescriptor(archive* reader, archive_entry* entry, const std::string& name)
    {
        const bool isManifest = name.ends_with(".mf") && !m_manifest;
        if (!isManifest && (m_machine || !name.ends_with(".ovf")))
            return {};
        const std::int64_t bytes = archive_entry_size(entry);
        if (bytes <= 0 || bytes > MaxDescriptorBytes)
            return refuse("has an OVF descriptor or manifest of impossible length");
        std::vector<std::byte> text(static_cast<std::size_t>(bytes));
        if (archive_read_data(reader, text.data(), text.size()) != bytes)
            return refuse("is incomplete");
        if (isManifest) {
            m_manifest =
                VM_TRY(OvfManifest::parse({reinterpret_cast<const char*>(text.data()), text.size()}));
            return {};
        }
        m_machine = VM_TRY(parseOvf(text));
        m_descriptorName = name;
        m_descriptor = std::move(text);
        return {};
    }

    /// The manifest may come before or after the descriptor.
    Result<> checkDescriptor()
    {
        if (!m_manifest)
            return {};
        std::optional<FileDigest> digest = m_manifest->begin(m_descriptorName);
        if (!digest)
            return {};
        digest->add(m_descriptor);
        return m_manifest->verify(m_descriptorName, std::move(*digest));
    }

    /// Only members that a disk of the descriptor names, which has checked the names.
    Result<> takeDisk(archive* reader, const std::string& name)
    {
        const bool isWanted =
            std::ranges::find(m_machine->disks, name, &OvfDisk::fileName) != m_machine->disks.end();
        if (!isWanted || isWritten(name))
            return {};
        const ImageFile target = VM_TRY(ImageFile::createNew(m_folder / name));
        m_written.push_back(m_folder / name);
        std::optional<FileDigest> digest = m_manifest ? m_manifest->begin(name) : std::nullopt;
        std::uint64_t digested = 0;
        for (;;) {
            if (m_progress.stop.stop_requested())
                return fail(ErrorCode::Cancelled, "stopped as requested");
            const void* data = nullptr;
            std::size_t bytes = 0;
            la_int64_t offset = 0;
            const int status = archive_read_data_block(reader, &data, &bytes, &offset);
            if (status == ARCHIVE_EOF) {
                if (digest)
                    VM_TRY(m_manifest->verify(name, std::move(*digest)));
                return target.sync();
            }
            if (status != ARCHIVE_OK || offset < 0)
                return refuse("is damaged or incomplete");
            const std::span block(static_cast<const std::byte*>(data), bytes);
            VM_TRY(target.writeAt(static_cast<std::uint64_t>(offset), block));
            if (digest && digested != static_cast<std::uint64_t>(offset))
                return refuse("stores a disk with holes, which its manifest can't vouch for");
            if (digest)
                digest->add(block);
            digested += bytes;
            if (m_progress.report)
                m_progress.report(std::min(m_doneBytes += bytes, m_totalBytes), m_totalBytes);
        }
    }

    const std::filesystem::path& m_package;
    const std::filesystem::path& m_folder;
    const Progress& m_progress;
    std::optional<OvfMachine> m_machine;
    std::optional<OvfManifest> m_manifest;
    std::string m_descriptorName;
    std::vector<std::byte> m_descriptor;
    std::vector<std::filesystem::path> m_written;
    std::uint64_t m_totalBytes = 0;
    std::uint64_t m_doneBytes = 0;
    bool m_isComplete = false;
};

} // namespace

Result<OvfMachine> unpackOva(const std::filesystem::path& package, const std::filesystem::path& folder,
                             const Progress& progress)
{
    return OvaUnpacker(package, folder, progress).run();
}

Result<OvfMachine> readOva(const std::filesystem::path& package)
{
    const std::filesystem::path nowhere;
    const Progress quiet;
    return OvaUnpacker(package, nowhere, quiet).readDescriptor();
}

} // namespace engine::block
