// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/import/appliance.h"

#include "block/image_file.h"
#include "block/image_source.h"
#include "block/import/ovf_manifest.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace engine::block {

namespace {

namespace fs = std::filesystem;

/// A folder for what has been unpacked and not yet converted.
class ScratchFolder {
public:
    static Result<ScratchFolder> createIn(const fs::path& parent)
    {
        std::string name = (parent / ".unpacking-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            return failSystem("cannot create a folder in '" + parent.string() + "'");
        return ScratchFolder(name);
    }
    ScratchFolder(ScratchFolder&& other) noexcept : m_path(std::exchange(other.m_path, {})) {}
    ScratchFolder& operator=(ScratchFolder&&) = delete;
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder()
    {
        std::error_code ignored;
        if (!m_path.empty())
            fs::remove_all(m_path, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return m_path; }

private:
    explicit ScratchFolder(fs::path path) : m_path(std::move(path)) {}
    fs::path m_path;
};

/// An OVF descriptor is XML text; a package is a tar archive.
Result<bool> isDescriptor(const fs::path& path)
{
    const ImageFile file = VM_TRY(ImageFile::open(path, ImageUse::Inspect));
    std::array<std::byte, 5> start{};
    if (VM_TRY(file.size()) < start.size())
        return false;
    VM_TRY(file.readAt(0, start));
    const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
    return text.starts_with("<") || text.starts_with("\xef\xbb\xbf<");
}

Result<> verifyFile(const OvfManifest& manifest, const fs::path& path, const Progress& progress)
{
    const std::string name = path.filename().string();
    std::optional<FileDigest> digest = manifest.begin(name);
    if (!digest)
        return {};
    const ImageFile file = VM_TRY(ImageFile::open(path, ImageUse::Inspect));
    std::vector<std::byte> buffer(1 << 20);
    const std::uint64_t total = VM_TRY(file.size());
    for (std::uint64_t at = 0; at < total; at += buffer.size()) {
        if (progress.stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped as requested");
        const std::span part = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), total - at));
        VM_TRY(file.readAt(at, part));
        digest->add(part);
    }
    return manifest.verify(name, std::move(*digest));
}

/// The manifest beside a descriptor, when there is one, holds for the descriptor and the disks.
Result<> verifyLooseFiles(const fs::path& descriptor, const OvfMachine& machine, const Progress& progress)
{
    fs::path path = descriptor;
    path.replace_extension(".mf");
    std::error_code unknown;
    if (!fs::exists(path, unknown))
        return {};
    const ImageFile file = VM_TRY(ImageFile::open(path, ImageUse::Inspect));
    const std::uint64_t bytes = VM_TRY(file.size());
    if (bytes > OvfManifest::MaxBytes)
        return fail(ErrorCode::Corrupt, "the manifest '" + path.string() + "' is too long");
    std::string text(bytes, '\0');
    VM_TRY(file.readAt(0, std::as_writable_bytes(std::span(text))));
    const OvfManifest manifest = VM_TRY(OvfManifest::parse(text));
    VM_TRY(verifyFile(manifest, descriptor, progress));
    for (const OvfDisk& disk : machine.disks)
        VM_TRY(verifyFile(manifest, descriptor.parent_path() / disk.fileName, progress));
    return {};
}

Result<> convertDisk(const fs::path& from, const fs::path& to, const Progress& progress)
{
    const BasePolicy noBases{.allowedFolders = {}, .allowsOwnFolder = false}; // a package is self-contained
    const SourceFormat format = VM_TRY(detectSourceFormat(from));
    const std::unique_ptr<ImageReader> source = VM_TRY(openSource(from, format, noBases));
    return convertImage(*source, to, {}, progress);
}

Result<> convertDisks(OvfMachine& machine, const fs::path& from, const fs::path& folder,
                      const Progress& progress, std::vector<fs::path>& written)
{
    for (OvfDisk& disk : machine.disks) {
        const fs::path target = folder / fs::path(disk.fileName).stem().concat(".qcow2");
        std::error_code unknown;
        if (!fs::exists(from / disk.fileName, unknown))
            return fail(ErrorCode::NotFound,
                        "the disk '" + disk.fileName + "' is missing; it belongs beside the OVF descriptor");
        VM_TRY(convertDisk(from / disk.fileName, target, progress));
        written.push_back(target);
        disk.fileName = target.filename().string();
    }
    return {};
}

} // namespace

Result<OvfMachine> importAppliance(const fs::path& appliance, const fs::path& folder,
                                   const Progress& progress)
{
    std::vector<fs::path> written;
    OvfMachine machine;
    Result<> converted;
    if (VM_TRY(isDescriptor(appliance))) {
        machine = VM_TRY(readOvf(appliance));
        VM_TRY(verifyLooseFiles(appliance, machine, progress));
        converted = convertDisks(machine, appliance.parent_path(), folder, progress, written);
    } else {
        const ScratchFolder scratch = VM_TRY(ScratchFolder::createIn(folder));
        machine = VM_TRY(unpackOva(appliance, scratch.path(), progress));
        converted = convertDisks(machine, scratch.path(), folder, progress, written);
    }
    if (converted)
        return machine;
    std::error_code ignored;
    for (const fs::path& file : written)
        fs::remove(file, ignored);
    return std::unexpected(std::move(converted).error());
}

} // namespace engine::block
