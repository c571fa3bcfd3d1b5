// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/import/foreign_image.h"

#include "base/checked.h"

#include <zlib.h>

#include <algorithm>

namespace engine::block {

namespace {

std::string described(std::string_view format, const ImageFile& file)
{
    std::string text = "the ";
    text += format;
    text += " image '";
    text += file.path().string();
    text += "' ";
    return text;
}

} // namespace

std::unexpected<Error> foreignDamage(std::string_view format, const ImageFile& file, std::string_view why)
{
    std::string text = described(format, file);
    text += "is damaged: ";
    text += why;
    return fail(ErrorCode::Corrupt, std::move(text));
}

std::unexpected<Error> foreignRefusal(std::string_view format, const ImageFile& file, std::string_view why)
{
    std::string text = described(format, file);
    text += why;
    return fail(ErrorCode::Unsupported, std::move(text));
}

Result<std::vector<std::byte>> readInside(std::string_view format, const ImageFile& file,
                                          std::uint64_t offset, std::uint64_t bytes, std::string_view what)
{
    const std::uint64_t fileBytes = VM_TRY(file.size());
    if (!isInside(offset, bytes, fileBytes))
        return foreignDamage(format, file, std::string(what) + " lies beyond the end of the file");
    std::vector<std::byte> data(bytes);
    VM_TRY(file.readAt(offset, data));
    return data;
}

Async<BlockStatus> ForeignImage::read(std::uint64_t offset, IoVectors into)
{
    const std::uint64_t total = into.sizeBytes();
    for (std::uint64_t done = 0; done < total;) {
        Place place = locate(offset + done);
        place.length = std::min(place.length, total - done);
        if (place.length == 0)
            co_return BlockStatus::IoError;
        const BlockStatus status = readPlace(place, into.slice(done, place.length));
        if (status != BlockStatus::Ok)
            co_return status;
        done += place.length;
    }
    co_return BlockStatus::Ok;
}

Async<ImageRun> ForeignImage::map(std::uint64_t offset, std::uint64_t length)
{
    const Place first = locate(offset);
    ImageRun run{.kind = first.kind == Place::Kind::Zero ? ImageRun::Kind::Zero : ImageRun::Kind::Data,
                 .length = first.length};
    if (first.kind == Place::Kind::Damaged || first.length == 0)
        run.status = BlockStatus::IoError;
    while (run.status == BlockStatus::Ok && run.length < length && run.kind == ImageRun::Kind::Zero) {
        const Place next = locate(offset + run.length);
        if (next.kind != Place::Kind::Zero || next.length == 0)
            break;
        run.length += next.length;
    }
    run.length = std::min(run.length, length);
    co_return run;
}

BlockStatus ForeignImage::readPlace(const Place& place, const IoVectors& into)
{
    switch (place.kind) {
    case Place::Kind::Zero: into.fillZero(0, into.sizeBytes()); return BlockStatus::Ok;
    case Place::Kind::Stored: {
        std::vector<std::byte> bytes(place.length);
        if (!place.file->readAt(place.offset, bytes))
            return BlockStatus::IoError;
        into.copyFrom(bytes);
        return BlockStatus::Ok;
    }
    case Place::Kind::Packed:
        if (!unpack(place))
            return BlockStatus::IoError;
        into.copyFrom(std::span(m_unpacked).subspan(place.skip, place.length));
        return BlockStatus::Ok;
    case Place::Kind::Damaged: break;
    }
    return BlockStatus::IoError;
}

bool ForeignImage::unpack(const Place& place)
{
    if (m_unpackedFile == place.file && m_unpackedOffset == place.offset)
        return true;
    m_unpackedFile = nullptr;
    std::vector<std::byte> packed(place.packedBytes);
    if (!place.file->readAt(place.offset, packed))
        return false;
    m_unpacked.assign(place.unpackedBytes, std::byte{}); // a last, shorter block: zeros behind it
    auto size = static_cast<uLongf>(m_unpacked.size());
    const int result =
        ::uncompress(reinterpret_cast<Bytef*>(m_unpacked.data()), &size,
                     reinterpret_cast<const Bytef*>(packed.data()), static_cast<uLong>(packed.size()));
    if (result != Z_OK)
        return false;
    m_unpackedFile = place.file;
    m_unpackedOffset = place.offset;
    return true;
}

} // namespace engine::block
