// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/client_input.h"

#include <QKeyEvent>
#include <QList>

#include <cstdint>
#include <optional>

namespace console {

/// What a key event of Qt's says about the key: by position where the window system tells, by
/// meaning otherwise. nullopt when it says nothing that a guest could use.
[[nodiscard]] std::optional<KeyInput> keyInputFrom(const QKeyEvent& event);

/// The X keysym of a Qt key, for window systems that do not tell it; 0 for keys without one.
[[nodiscard]] std::uint32_t keysymFromQt(int qtKey, const QString& text);

/// The keysym of a key on a US keyboard, for servers that know no positions; 0 for other keys.
[[nodiscard]] std::uint32_t keysymFromEvdev(std::uint32_t evdevCode);

/// The keys that, pressed together and released with no other key between, give the keyboard and the
/// pointer back to the host.
enum class ReleaseChord {
    CtrlAlt,   ///< either Ctrl with either Alt: virt-manager, VMware
    RightCtrl, ///< VirtualBox
    CtrlShift,
    None, ///< there is no chord; the menu releases
};

/// Recognises the chord in the stream of keys and keeps account of what the guest holds down.
class KeyboardState {
public:
    void setChord(ReleaseChord chord) { m_chord = chord; }
    [[nodiscard]] ReleaseChord chord() const { return m_chord; }

    /// Takes note of a key; true when the chord has just been completed (with this release).
    [[nodiscard]] bool note(const KeyInput& key);
    /// A click or a wheel: the modifiers have been used, so letting go of them is no chord.
    void noteOtherInput() { m_armed = false; }
    [[nodiscard]] bool isDown(const KeyInput& key) const;
    /// The releases that bring every key up, in reverse order; forgets them.
    [[nodiscard]] QList<KeyInput> takeReleases();
    [[nodiscard]] bool isEmpty() const { return m_down.isEmpty(); }

private:
    [[nodiscard]] bool isChordKey(const KeyInput& key) const;
    [[nodiscard]] bool isChordComplete() const;
    [[nodiscard]] bool isAnyDown(std::uint32_t first, std::uint32_t second) const;

    ReleaseChord m_chord = ReleaseChord::CtrlAlt;
    QList<KeyInput> m_down;
    bool m_armed = false;
};

} // namespace console
