// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace console {

/// A rectangle in pixels of the server's screen.
struct FrameRect {
    int x = 0, y = 0, width = 0, height = 0;
    bool operator==(const FrameRect&) const = default;
};

/// The pixels of one screen, 0xXXRRGGBB in native byte order. Lives as long as somebody shows it,
/// so a late repaint reads old pixels, never freed ones. Size and place never change.
class FrameMemory {
public:
    virtual ~FrameMemory() = default;
    FrameMemory(const FrameMemory&) = delete;
    FrameMemory& operator=(const FrameMemory&) = delete;
    FrameMemory(FrameMemory&&) = delete;
    FrameMemory& operator=(FrameMemory&&) = delete;

    [[nodiscard]] int width() const { return m_width; }
    [[nodiscard]] int height() const { return m_height; }
    [[nodiscard]] std::size_t stride() const { return m_stride; } ///< bytes
    [[nodiscard]] const std::uint8_t* pixels() const { return m_pixels; }
    /// Hold it while reading pixels(): keeps our own writers away. It does not stop a guest that
    /// draws into shared memory; half a change there is repaired by the damage that follows.
    [[nodiscard]] std::mutex& mutex() const { return m_mutex; }

protected:
    FrameMemory(int width, int height, std::size_t stride, const std::uint8_t* pixels)
        : m_width(width), m_height(height), m_stride(stride), m_pixels(pixels)
    {}

private:
    int m_width;
    int m_height;
    std::size_t m_stride;
    const std::uint8_t* m_pixels;
    mutable std::mutex m_mutex;
};

/// Zeroed memory that costs nothing until it is written.
struct FreeBytes {
    void operator()(std::uint8_t* bytes) const { std::free(bytes); }
};
using ZeroedBytes = std::unique_ptr<std::uint8_t[], FreeBytes>;
[[nodiscard]] ZeroedBytes allocateZeroed(std::size_t size);

/// Pixels of our own, copied from what the connection has decoded. Starts black.
class OwnFrame final : public FrameMemory {
public:
    [[nodiscard]] static std::shared_ptr<OwnFrame> create(int width, int height);
    /// Copies one rectangle from a picture of the same size and stride.
    void copyFrom(const std::uint8_t* picture, const FrameRect& rect);

private:
    OwnFrame(int width, int height, ZeroedBytes pixels);
    ZeroedBytes m_memory;
};

} // namespace console
