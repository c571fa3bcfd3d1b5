// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "block/file_io.h"
#include "block/image.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace engine::block {

enum class ImageFormat : std::uint8_t { Raw, Qcow2 };
[[nodiscard]] std::string_view toString(ImageFormat format);
[[nodiscard]] Result<ImageFormat> parseImageFormat(std::string_view name);

/// Which files an image may name as its base. An image is data from somewhere; without a limit it
/// could show a guest any file of the user.
struct BasePolicy {
    static constexpr unsigned MaxDepth = 32;

    /// Folders (with everything below) in which bases may lie, besides the folder of the image that
    /// names them.
    std::vector<std::filesystem::path> allowedFolders;
    bool allowsOwnFolder = true;

    /// The file that `image` means by `baseName`, resolved; refuses, with a sentence, what is not a
    /// path, not in an allowed folder, or not a regular file.
    [[nodiscard]] Result<std::filesystem::path> resolve(const std::filesystem::path& image,
                                                        std::string_view baseName) const;
};

struct OpenImageOptions {
    ImageUse use = ImageUse::ReadWrite;
    BasePolicy bases;
    /// Makes the I/O engine for each file of the chain; default: createBlockingEngine().
    std::function<Result<std::unique_ptr<IoEngine>>()> makeEngine;
    FileIo::FaultHook faultHook; ///< tests only; for the topmost file
    Log* log = nullptr;          ///< outlives the image
};

/// An open image and the files of its chain, topmost first.
struct OpenedImage {
    std::unique_ptr<Image> image;
    std::vector<std::shared_ptr<FileIo>> files;
};

/// Opens an image whose format the caller knows, and its bases (read-only; their formats are named
/// in the header of the image above, never guessed).
[[nodiscard]] Result<OpenedImage> openImage(const std::filesystem::path& path, ImageFormat format,
                                            const OpenImageOptions& options = {});

/// For a file that the user has named by hand: qcow2 when it has qcow2's magic number, otherwise
/// raw. Never for a disk that a guest could have written to as raw.
[[nodiscard]] Result<ImageFormat> detectFormat(const std::filesystem::path& path);

} // namespace engine::block
