// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/full_screen.h"

#include "view/console_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>

#include <utility>

namespace console {
namespace {

constexpr int HideMilliseconds = 2000;
constexpr int RestMilliseconds = 250;
constexpr int EdgePixels = 2;

} // namespace

FullScreenBar::FullScreenBar(ConsoleView& view)
    : QFrame(&view), m_view(view), m_title(new QLabel(this)), m_layout(new QHBoxLayout(this))
{
    setObjectName(QStringLiteral("fullScreenBar"));
    setAccessibleName(tr("Full screen bar"));
    setAutoFillBackground(true);
    setFrameShape(QFrame::StyledPanel);
    setCursor(Qt::ArrowCursor);
    auto* minimize = new QPushButton(tr("Minimize"), this);
    auto* leave = new QPushButton(tr("Leave full screen"), this);
    minimize->setObjectName(QStringLiteral("fullScreenMinimize"));
    leave->setObjectName(QStringLiteral("fullScreenLeave"));
    for (QPushButton* button : {minimize, leave})
        button->setFocusPolicy(Qt::NoFocus); // the guest keeps the keyboard
    m_layout->setContentsMargins(12, 4, 6, 4);
    m_layout->addWidget(m_title);
    m_layout->addSpacing(16);
    m_layout->addWidget(minimize);
    m_layout->addWidget(leave);
    connect(minimize, &QPushButton::clicked, this, &FullScreenBar::minimizeRequested);
    connect(leave, &QPushButton::clicked, this, &FullScreenBar::leaveRequested);
    m_hideTimer.setSingleShot(true);
    m_hideTimer.setInterval(HideMilliseconds);
    connect(&m_hideTimer, &QTimer::timeout, this, &QWidget::hide);
    m_restTimer.setSingleShot(true);
    m_restTimer.setInterval(RestMilliseconds);
    connect(&m_restTimer, &QTimer::timeout, this, &FullScreenBar::reveal);
    m_view.installEventFilter(this);
    hide();
}

void FullScreenBar::setTitle(const QString& title)
{
    m_title->setText(title);
    place();
}

void FullScreenBar::addWidget(QWidget* widget)
{
    m_layout->insertWidget(m_layout->count() - 2, widget);
    place();
}

void FullScreenBar::place()
{
    adjustSize();
    move((m_view.width() - width()) / 2, 0);
}

void FullScreenBar::reveal()
{
    place();
    show();
    raise();
    m_hideTimer.start();
}

void FullScreenBar::enterEvent(QEnterEvent* event)
{
    QFrame::enterEvent(event);
    m_hideTimer.stop();
}

void FullScreenBar::leaveEvent(QEvent* event)
{
    QFrame::leaveEvent(event);
    m_hideTimer.start();
}

bool FullScreenBar::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize && isVisible())
        place();
    if (event->type() == QEvent::MouseMove && m_view.window()->isFullScreen()) {
        const auto& mouse = *static_cast<QMouseEvent*>(event);
        const bool atEdge = mouse.position().y() < EdgePixels && mouse.buttons() == Qt::NoButton;
        if (!atEdge)
            m_restTimer.stop();
        else if (!m_restTimer.isActive() && !isVisible())
            m_restTimer.start();
    }
    return QFrame::eventFilter(watched, event);
}

FullScreenController::FullScreenController(QWidget& window, ConsoleView& view, QObject* parent)
    : QObject(parent), m_window(window), m_bar(new FullScreenBar(view))
{
    connect(&view, &ConsoleView::fullScreenToggleRequested, this, &FullScreenController::toggle);
    connect(m_bar, &FullScreenBar::leaveRequested, this, [this] { setFullScreen(false); });
    connect(m_bar, &FullScreenBar::minimizeRequested, this, [this] { m_window.showMinimized(); });
    // Giving the input back is the moment to show the way out.
    connect(&view, &ConsoleView::captureChanged, this, [this](bool captured) {
        if (m_fullScreen && !captured && m_bar)
            m_bar->reveal();
    });
}

void FullScreenController::setFullScreen(bool on)
{
    if (std::exchange(m_fullScreen, on) == on)
        return;
    emit fullScreenChanged(on);
    if (on) {
        m_before = m_window.windowState();
        m_window.setWindowState(m_before | Qt::WindowFullScreen);
        if (m_bar)
            m_bar->reveal();
    } else {
        m_window.setWindowState(m_before & ~Qt::WindowFullScreen);
        if (m_bar)
            m_bar->hide();
    }
}

} // namespace console
