// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "canvas.h"

namespace demo {

/// The display in 800 x 600 with 32 bits for each pixel, and back to text when the object goes.
class GraphicsMode {
public:
    /// What the display cannot do is asked with isOn().
    GraphicsMode();
    ~GraphicsMode();
    GraphicsMode(const GraphicsMode&) = delete;
    GraphicsMode& operator=(const GraphicsMode&) = delete;
    [[nodiscard]] bool isOn() const { return m_isOn; }
    void show(const Canvas& canvas);

private:
    bool m_isOn = false;
};

} // namespace demo
