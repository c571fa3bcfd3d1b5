// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace engine {

/// A key by position, independent of any layout: a Linux evdev code (linux/input-event-codes.h,
/// KEY_A = 30). Input devices translate it into scan codes or HID usages.
using KeyCode = std::uint16_t;

/// Lock lights, as the guest has set them.
struct KeyboardLeds {
    bool scrollLock = false;
    bool numLock = false;
    bool capsLock = false;
    bool operator==(const KeyboardLeds&) const = default;
};

/// A keyboard of the guest's. Any thread; never blocks. Keys that the device does not know, and
/// events that its buffer has no room for, are dropped as real hardware drops them.
class KeyboardSink {
public:
    virtual ~KeyboardSink() = default;
    virtual void key(KeyCode code, bool down) = 0;
    [[nodiscard]] virtual KeyboardLeds leds() const = 0;
};

enum class PointerButton : std::uint8_t { Left, Right, Middle, Side, Extra };

/// A pointing device of the guest's. Any thread; never blocks. A device answers either the relative
/// or the absolute call and ignores the other; sync() ends a group of changes (one report).
class PointerSink {
public:
    /// Absolute positions run from 0 to AbsoluteMax over the whole screen, both axes.
    static constexpr std::uint16_t AbsoluteMax = 32767;

    virtual ~PointerSink() = default;
    [[nodiscard]] virtual bool isAbsolute() const = 0;
    virtual void moveRelative(std::int32_t dx, std::int32_t dy) = 0; ///< +y is down
    virtual void moveAbsolute(std::uint16_t x, std::uint16_t y) = 0;
    virtual void button(PointerButton button, bool down) = 0;
    virtual void wheel(std::int32_t vertical, std::int32_t horizontal) = 0; ///< clicks; +vertical is up
    virtual void sync() = 0;
};

} // namespace engine
