// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QPalette>

namespace app {

/// Chooses the Breeze icons that fit the palette, with our own drawings for what they lack. Call it
/// again when the palette changes: icons that exist follow.
void useIconThemeFor(const QPalette& palette);

/// An icon by its freedesktop.org name; our own drawings are found under the same kind of names.
[[nodiscard]] QIcon themeIcon(const QString& name);

[[nodiscard]] bool isDark(const QPalette& palette);
[[nodiscard]] QPalette darkPalette();

} // namespace app
