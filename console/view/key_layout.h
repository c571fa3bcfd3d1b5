// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/client_input.h"

#include <QHash>
#include <QList>
#include <QString>

#include <optional>

namespace console {

/// A keyboard layout of the guest's: which keys make which characters. Read from the system's XKB
/// data, so every layout that a Linux desktop knows is there. Immutable after loading.
class KeyLayout {
public:
    /// `name` is XKB's ("us", "de", "fr"), with an optional variant in parentheses ("us(intl)").
    /// nullopt when the system does not know it.
    [[nodiscard]] static std::optional<KeyLayout> load(const QString& name);

    /// Presses and releases, in order, that type `text`. Characters that the layout cannot make are
    /// left out and added to `missing`, each once.
    [[nodiscard]] QList<KeyInput> strokesFor(const QString& text, QString* missing) const;

private:
    struct Stroke {
        std::uint32_t evdevCode = 0;
        std::uint32_t keysym = 0;
        bool shift = false;
        bool altGr = false;
    };
    void add(std::uint32_t keysym, const Stroke& stroke);
    [[nodiscard]] QList<Stroke> find(char32_t character) const;

    QHash<std::uint32_t, Stroke> m_strokes; ///< by keysym
};

} // namespace console
