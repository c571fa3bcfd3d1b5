// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace app {

/// What a window without guests shows: an invitation, and the two ways to begin.
class EmptyPage final : public QWidget {
    Q_OBJECT
public:
    explicit EmptyPage(bool hasDemo, QWidget* parent = nullptr);

signals:
    void newRequested();
    void demoRequested();
};

} // namespace app
