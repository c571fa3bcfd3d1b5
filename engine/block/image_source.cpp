// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/image_source.h"

#include "block/import/foreign_image.h"
#include "block/qcow2/qcow2_header.h"

#include <array>

namespace engine::block {

namespace {

struct NamedFormat {
    SourceFormat format;
    std::string_view name;
};
constexpr std::array Formats{NamedFormat{SourceFormat::Raw, "raw"}, NamedFormat{SourceFormat::Qcow2, "qcow2"},
                             NamedFormat{SourceFormat::Vdi, "vdi"}, NamedFormat{SourceFormat::Vmdk, "vmdk"},
                             NamedFormat{SourceFormat::Vhd, "vhd"}, NamedFormat{SourceFormat::Vhdx, "vhdx"}};

/// A raw or qcow2 image together with the files that it keeps open.
class OpenedReader final : public ImageReader {
public:
    explicit OpenedReader(OpenedImage opened) : m_opened(std::move(opened)) {}
    [[nodiscard]] std::uint64_t capacity() const override { return m_opened.image->capacity(); }
    [[nodiscard]] std::string_view formatName() const override { return m_opened.image->formatName(); }
    [[nodiscard]] Async<BlockStatus> read(std::uint64_t offset, IoVectors into) override
    {
        return m_opened.image->read(offset, std::move(into));
    }
    [[nodiscard]] Async<ImageRun> map(std::uint64_t offset, std::uint64_t length) override
    {
        return m_opened.image->map(offset, length);
    }

private:
    OpenedImage m_opened;
};

Result<std::unique_ptr<ImageReader>> openOwn(const std::filesystem::path& path, ImageFormat format,
                                             const BasePolicy& bases)
{
    OpenImageOptions options;
    options.use = ImageUse::ReadOnly;
    options.bases = bases;
    return std::make_unique<OpenedReader>(VM_TRY(openImage(path, format, options)));
}

} // namespace

std::string_view toString(SourceFormat format)
{
    for (const NamedFormat& known : Formats) {
        if (known.format == format)
            return known.name;
    }
    return "unknown";
}

Result<SourceFormat> parseSourceFormat(std::string_view name)
{
    for (const NamedFormat& known : Formats) {
        if (known.name == name || (name == "vpc" && known.format == SourceFormat::Vhd))
            return known.format;
    }
    std::string text = "the disk format '";
    text += name.substr(0, 40);
    text += "' is not known; use raw, qcow2, vdi, vmdk, vhd or vhdx";
    return fail(ErrorCode::Unsupported, std::move(text));
}

Result<SourceFormat> detectSourceFormat(const std::filesystem::path& path)
{
    const ImageFile file = VM_TRY(ImageFile::open(path, ImageUse::Inspect));
    if (qcow2::looksLikeQcow2(file))
        return SourceFormat::Qcow2;
    if (looksLikeVmdk(file))
        return SourceFormat::Vmdk;
    if (looksLikeVhdx(file))
        return SourceFormat::Vhdx;
    if (looksLikeVdi(file))
        return SourceFormat::Vdi;
    if (looksLikeVhd(file))
        return SourceFormat::Vhd;
    return SourceFormat::Raw;
}

Result<std::unique_ptr<ImageReader>> openSource(const std::filesystem::path& path, SourceFormat format,
                                                const BasePolicy& bases)
{
    if (format == SourceFormat::Raw)
        return openOwn(path, ImageFormat::Raw, bases);
    if (format == SourceFormat::Qcow2)
        return openOwn(path, ImageFormat::Qcow2, bases);
    ImageFile file = VM_TRY(ImageFile::open(path, ImageUse::ReadOnly));
    switch (format) {
    case SourceFormat::Vdi: return openVdi(std::move(file));
    case SourceFormat::Vmdk: return openVmdk(std::move(file));
    case SourceFormat::Vhd: return openVhd(std::move(file));
    case SourceFormat::Vhdx: return openVhdx(std::move(file));
    case SourceFormat::Raw:
    case SourceFormat::Qcow2: break;
    }
    return fail(ErrorCode::Unsupported, "this format can't be read");
}

} // namespace engine::block
