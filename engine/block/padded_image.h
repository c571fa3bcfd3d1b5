// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/image.h"

#include <atomic>
#include <memory>

namespace engine::block {

/// An image that shows a larger disk than it holds: zeros follow its end. A write behind the end
/// grows the image first. For boot sectors of a few hundred bytes, of which no firmware could make a
/// disk with cylinders.
class PaddedImage final : public Image {
public:
    /// `capacity`: what is shown, a multiple of 512 and larger than the image.
    PaddedImage(std::unique_ptr<Image> image, std::uint64_t capacity)
        : m_image(std::move(image)), m_capacity(capacity)
    {}

    [[nodiscard]] std::uint64_t capacity() const override { return m_capacity; }
    [[nodiscard]] std::string_view formatName() const override { return m_image->formatName(); }
    [[nodiscard]] bool isReadOnly() const override { return m_image->isReadOnly(); }
    [[nodiscard]] bool canDiscard() const override { return m_image->canDiscard(); }
    [[nodiscard]] Async<BlockStatus> read(std::uint64_t offset, IoVectors into) override;
    [[nodiscard]] Async<ImageRun> map(std::uint64_t offset, std::uint64_t length) override;
    [[nodiscard]] Async<BlockStatus> write(std::uint64_t offset, IoVectors from) override;
    [[nodiscard]] Async<BlockStatus> flush() override { return m_image->flush(); }
    [[nodiscard]] Async<BlockStatus> discard(std::uint64_t offset, std::uint64_t length) override;
    [[nodiscard]] Async<BlockStatus> writeZeroes(std::uint64_t offset, std::uint64_t length,
                                                 bool mayUnmap) override;
    [[nodiscard]] Async<BlockStatus> grow(std::uint64_t capacity) override;

private:
    /// How many of `length` bytes at `offset` the image itself holds.
    [[nodiscard]] std::uint64_t inside(std::uint64_t offset, std::uint64_t length) const;

    std::unique_ptr<Image> m_image;
    std::atomic<std::uint64_t> m_capacity; ///< written on the loop's thread, read on any
};

} // namespace engine::block
