// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QPointer>
#include <QTimer>

class QHBoxLayout;
class QLabel;

namespace console {

class ConsoleView;

/// The bar at the upper edge of a full screen console: the guest's name and a way back. It slides
/// away and comes back when the pointer rests at the edge. An ordinary child of the view.
class FullScreenBar : public QFrame {
    Q_OBJECT
public:
    explicit FullScreenBar(ConsoleView& view);

    void setTitle(const QString& title);
    /// A widget of the owner's (a button, a menu) between the title and the way back.
    void addWidget(QWidget* widget);
    /// Shows the bar for a while.
    void reveal();

signals:
    void leaveRequested();
    void minimizeRequested();

protected:
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();

    ConsoleView& m_view;
    QLabel* m_title;
    QHBoxLayout* m_layout;
    QTimer m_hideTimer;
    QTimer m_restTimer; ///< running: the pointer rests at the edge
};

/// Takes a window to full screen and back, with the bar. Menu bar, tool bars and status bar are the
/// owner's to hide on fullScreenChanged().
class FullScreenController : public QObject {
    Q_OBJECT
public:
    /// `view` lies somewhere inside `window`; both outlive the controller.
    FullScreenController(QWidget& window, ConsoleView& view, QObject* parent = nullptr);

    [[nodiscard]] bool isFullScreen() const { return m_fullScreen; }
    void setFullScreen(bool on);
    void toggle() { setFullScreen(!m_fullScreen); }
    [[nodiscard]] FullScreenBar& bar() { return *m_bar; }

signals:
    void fullScreenChanged(bool on);

private:
    QWidget& m_window;
    QPointer<FullScreenBar> m_bar;
    Qt::WindowStates m_before;
    bool m_fullScreen = false;
};

} // namespace console
