// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QString>

namespace console {

/// A message in the middle of the picture.
void paintMessage(QPainter& painter, const QRect& area, const QString& text);
/// A short remark near the upper edge.
void paintHint(QPainter& painter, const QRect& area, const QString& text);

} // namespace console
