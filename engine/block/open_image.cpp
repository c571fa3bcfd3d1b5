// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/open_image.h"

#include "block/qcow2/qcow2_image.h"
#include "block/raw_image.h"

#include <sys/stat.h>

#include <algorithm>

namespace engine::block {

namespace {

std::string sentence(std::string_view before, const std::filesystem::path& path, std::string_view after)
{
    std::string text(before);
    text += '\'';
    text += path.string();
    text += '\'';
    text += after;
    return text;
}

/// True when `path` (resolved) lies in `folder` or below it.
bool isBelow(const std::filesystem::path& path, const std::filesystem::path& folder)
{
    std::error_code error;
    const std::filesystem::path resolved = std::filesystem::canonical(folder, error);
    if (error)
        return false;
    const auto [inFolder, inPath] = std::ranges::mismatch(resolved, path);
    return inFolder == resolved.end();
}

class ChainOpener {
public:
    explicit ChainOpener(const OpenImageOptions& options) : m_options(options) {}

    Result<std::unique_ptr<Image>> open(const std::filesystem::path& path, ImageFormat format, ImageUse use)
    {
        ImageFile file = VM_TRY(ImageFile::open(path, use));
        if (std::ranges::find(m_seen, file.identity()) != m_seen.end())
            return fail(ErrorCode::Corrupt,
                        sentence("the chain of base images leads back to ", path, "; it has no end"));
        if (m_seen.size() >= BasePolicy::MaxDepth)
            return fail(
                ErrorCode::Unsupported,
                sentence("", path, " is below too many other images; commit some of them into their bases"));
        m_seen.push_back(file.identity());
        auto io = std::make_shared<FileIo>(std::move(file), createBlockingEngine());
        io->setLog(m_options.log);
        if (files.empty())
            io->setFaultHook(m_options.faultHook);
        files.push_back(io);
        if (format == ImageFormat::Raw)
            return std::unique_ptr<Image>(VM_TRY(RawImage::open(io)));
        std::unique_ptr<Image> base = VM_TRY(openBase(io->file()));
        return std::unique_ptr<Image>(VM_TRY(qcow2::Qcow2Image::open(io, std::move(base))));
    }

    std::vector<std::shared_ptr<FileIo>> files;

private:
    Result<std::unique_ptr<Image>> openBase(const ImageFile& file)
    {
        const qcow2::Header header = VM_TRY(qcow2::readHeader(file));
        if (header.backingName.empty())
            return std::unique_ptr<Image>();
        if (header.backingFormat.empty())
            return fail(
                ErrorCode::Unsupported,
                sentence(
                    "the disk image ", file.path(),
                    " doesn't say which format its base has. Set it with 'qemu-img rebase -u -F FORMAT'"));
        const ImageFormat format = VM_TRY(parseImageFormat(header.backingFormat));
        const std::filesystem::path path = VM_TRY(m_options.bases.resolve(file.path(), header.backingName));
        const ImageUse use = m_options.use == ImageUse::Inspect ? ImageUse::Inspect : ImageUse::ReadOnly;
        return open(path, format, use);
    }

    const OpenImageOptions& m_options;
    std::vector<FileIdentity> m_seen;
};

} // namespace

std::string_view toString(ImageFormat format)
{
    return format == ImageFormat::Raw ? "raw" : "qcow2";
}

Result<ImageFormat> parseImageFormat(std::string_view name)
{
    if (name == "raw")
        return ImageFormat::Raw;
    if (name == "qcow2")
        return ImageFormat::Qcow2;
    std::string text = "the disk format '";
    text += name.substr(0, 40);
    text += "' is not supported here; only raw and qcow2 are";
    return fail(ErrorCode::Unsupported, std::move(text));
}

Result<std::filesystem::path> BasePolicy::resolve(const std::filesystem::path& image,
                                                  std::string_view baseName) const
{
    const auto refuse = [&](ErrorCode code, std::string_view why) {
        std::string text = sentence("the disk image ", image, " names '");
        text += baseName;
        text += "' as its base, ";
        text += why;
        return fail(code, std::move(text));
    };
    const std::size_t colon = baseName.find(':');
    if (colon != std::string_view::npos && baseName.substr(0, colon).find('/') == std::string_view::npos)
        return refuse(ErrorCode::Denied, "which is not a file on this computer");
    std::error_code error;
    const std::filesystem::path own = std::filesystem::canonical(image, error).parent_path();
    std::filesystem::path path = std::filesystem::canonical(own / std::filesystem::path(baseName), error);
    if (error)
        return refuse(ErrorCode::NotFound, "which doesn't exist. Put it back, or choose its new place");
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
        return refuse(ErrorCode::Denied, "which is not a regular file");
    const bool isAllowed =
        (allowsOwnFolder && isBelow(path, own))
        || std::ranges::any_of(allowedFolders, [&](const auto& folder) { return isBelow(path, folder); });
    if (!isAllowed)
        return refuse(ErrorCode::Denied, "which is outside of the folders where bases may be. Allow that "
                                         "folder only if you trust the image");
    return path;
}

Result<OpenedImage> openImage(const std::filesystem::path& path, ImageFormat format,
                              const OpenImageOptions& options)
{
    ChainOpener opener(options);
    OpenedImage opened;
    opened.image = VM_TRY(opener.open(path, format, options.use));
    opened.files = std::move(opener.files);
    if (options.makeEngine) {
        for (const std::shared_ptr<FileIo>& io : opened.files)
            io->setEngine(VM_TRY(options.makeEngine()));
    }
    return opened;
}

Result<ImageFormat> detectFormat(const std::filesystem::path& path)
{
    const ImageFile file = VM_TRY(ImageFile::open(path, ImageUse::Inspect));
    return qcow2::looksLikeQcow2(file) ? ImageFormat::Qcow2 : ImageFormat::Raw;
}

} // namespace engine::block
