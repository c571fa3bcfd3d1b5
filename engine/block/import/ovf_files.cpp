// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/image_file.h"
#include "block/import/ovf.h"
#include "block/import/ovf_manifest.h"

#include <algorithm>

namespace engine::block {

namespace fs = std::filesystem;

namespace {

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

} // namespace

Result<> checkOvfFiles(const fs::path& descriptor, const Progress& progress)
{
    const OvfMachine machine = VM_TRY(readOvf(descriptor));
    std::error_code unknown;
    for (const OvfDisk& disk : machine.disks)
        if (!fs::exists(descriptor.parent_path() / disk.fileName, unknown))
            return fail(ErrorCode::NotFound,
                        "the disk '" + disk.fileName + "' is missing; it belongs beside the OVF descriptor");
    fs::path path = descriptor;
    path.replace_extension(".mf");
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

} // namespace engine::block
