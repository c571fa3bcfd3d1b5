// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/convert_image.h"

#include <vector>

namespace engine::block {

/// Copies between images with blocking calls, part by part.
class ImageCopier {
public:
    enum class Zeros : std::uint8_t {
        Skip,  ///< the target reads as zeros there already
        Write, ///< the target has to be told
    };

    ImageCopier(Image& target, const Progress& progress) : m_target(target), m_progress(progress) {}

    /// Everything, through all bases of the source.
    [[nodiscard]] Result<> copyAll(ImageReader& source, Zeros zeros);
    /// What this layer itself holds; the rest stays as it is in the target.
    [[nodiscard]] Result<> copyOwn(Image& source, Zeros zeros);

private:
    template <class Map>
    [[nodiscard]] Result<> copyRuns(ImageReader& source, Zeros zeros, Map map);
    [[nodiscard]] Result<> copyRange(ImageReader& source, std::uint64_t offset, std::uint64_t length,
                                     Zeros zeros);
    [[nodiscard]] Result<> write(std::uint64_t offset, std::span<std::byte> bytes);
    [[nodiscard]] Result<> zero(std::uint64_t offset, std::uint64_t length);
    void report(std::uint64_t done, std::uint64_t total);

    Image& m_target;
    const Progress& m_progress;
    std::vector<std::byte> m_buffer;
    std::uint64_t m_lastReported = 0;
};

/// The sentence for a request of ours that has failed.
[[nodiscard]] Error errorFor(BlockStatus status, std::string_view what);
[[nodiscard]] Result<> check(BlockStatus status, std::string_view what);

} // namespace engine::block
