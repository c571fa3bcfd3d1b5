// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/console_view.h"

#include "view/guest_cursor.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMouseEvent>

#include <linux/input-event-codes.h>

#include <utility>

namespace console {
namespace {

constexpr int HintMilliseconds = 4000;
constexpr int FollowMilliseconds = 300;
/// Between two keys that we type: slow enough for a BIOS, fast enough for a page of text.
constexpr int TypeMilliseconds = 8;

} // namespace

ConsoleView::ConsoleView(QWidget* parent) : QWidget(parent), m_pointer(*this)
{
    setObjectName(QStringLiteral("consoleView"));
    setAccessibleName(tr("Guest screen"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAttribute(Qt::WA_InputMethodEnabled, false);
    setMinimumSize(160, 120);
    m_hintTimer.setSingleShot(true);
    m_hintTimer.setInterval(HintMilliseconds);
    connect(&m_hintTimer, &QTimer::timeout, this, qOverload<>(&QWidget::update));
    m_followTimer.setSingleShot(true);
    m_followTimer.setInterval(FollowMilliseconds);
    connect(&m_followTimer, &QTimer::timeout, this, [this] {
        const QSize wanted = size() * devicePixelRatioF();
        m_client.send(ResizeInput{.width = wanted.width(), .height = wanted.height()});
    });
    m_typeTimer.setInterval(TypeMilliseconds);
    connect(&m_typeTimer, &QTimer::timeout, this, &ConsoleView::typeNext);
    connectClient();
    updateCursor();
}

ConsoleView::~ConsoleView()
{
    m_client.disconnect(this);
    if (m_captured)
        releaseKeyboard();
}

void ConsoleView::connectClient()
{
    connect(&m_client, &RfbClient::pictureReplaced, this, &ConsoleView::onPictureReplaced);
    connect(&m_client, &RfbClient::pictureDamaged, this, &ConsoleView::onPictureDamaged);
    connect(&m_client, &RfbClient::cursorChanged, this, &ConsoleView::onCursorChanged);
    connect(&m_client, &RfbClient::pointerMoved, this, &ConsoleView::onPointerMoved);
    connect(&m_client, &RfbClient::closed, this, &ConsoleView::onClosed);
    connect(&m_client, &RfbClient::pointerModeChanged, this, [this](bool absolute) {
        if (absolute)
            m_pointer.end();
        else if (m_captured)
            m_pointer.begin();
        updateCursor();
    });
    connect(&m_client, &RfbClient::stateChanged, this, [this](RfbClient::State state) {
        if (state == RfbClient::State::Connecting)
            forgetGuestPointer();
        if (state == RfbClient::State::Connected) {
            m_visibleToServer = true;
            updateVisibility();
            if (m_guestFollows)
                m_followTimer.start();
        }
        updateCursor();
        update();
    });
}

QSize ConsoleView::sizeHint() const
{
    return m_guestSize.isEmpty() ? QSize(800, 600) : (QSizeF(m_guestSize) / devicePixelRatioF()).toSize();
}

void ConsoleView::onPictureReplaced()
{
    m_picture = m_client.picture();
    clearSelection();
    if (std::exchange(m_guestSize, m_picture.image.size()) != m_guestSize) {
        setAccessibleDescription(tr("%1 by %2 pixels").arg(m_guestSize.width()).arg(m_guestSize.height()));
        updateGeometry();
        updateGeometryOfPicture();
        emit guestSizeChanged(m_guestSize);
    }
    update();
}

void ConsoleView::onPictureDamaged(const QRegion& region)
{
    if (m_picture.memory)
        for (const QRect& rect : region)
            update(m_geometry.repaintRect(rect));
}

void ConsoleView::onClosed(CloseReason /*reason*/)
{
    // The memory may be the guest's, which is about to go: keep what is on it now.
    if (m_picture.memory)
        m_picture = {nullptr, screenshot()};
    m_typing.clear();
    (void)m_keyboard.takeReleases();
    m_buttons = 0;
    releaseInput();
    update();
}

void ConsoleView::onCursorChanged(const CursorImage& cursor)
{
    repaintGuestPointer();
    m_cursorImage = cursor;
    m_pointerPixels = pointerPixels(cursor);
    repaintGuestPointer();
    makeGuestCursor();
}

void ConsoleView::onPointerMoved(QPoint position)
{
    repaintGuestPointer();
    m_pointerAt = position;
    repaintGuestPointer();
}

void ConsoleView::forgetGuestPointer()
{
    m_cursorImage.reset();
    m_pointerPixels = {};
    m_guestCursor.reset();
}

/// The window system's cursor has the size of the picture.
void ConsoleView::makeGuestCursor()
{
    if (m_cursorImage)
        m_guestCursor =
            guestCursor(*m_cursorImage, m_geometry.scale() / devicePixelRatioF(), devicePixelRatioF());
    updateCursor();
}

/// While the pointer is captured the window system's is hidden: the guest's is drawn where the guest has it.
QRect ConsoleView::guestPointerRect() const
{
    if (!m_pointer.isActive() || !m_cursorImage || m_pointerPixels.isNull())
        return {};
    return {m_pointerAt - QPoint(m_cursorImage->hotspotX, m_cursorImage->hotspotY), m_pointerPixels.size()};
}

void ConsoleView::repaintGuestPointer()
{
    if (const QRect rect = guestPointerRect(); !rect.isEmpty())
        update(m_geometry.repaintRect(rect));
}

void ConsoleView::updateCursor()
{
    if (m_client.state() != RfbClient::State::Connected || m_selecting)
        setCursor(m_selecting ? Qt::IBeamCursor : Qt::ArrowCursor);
    else if (m_pointer.isActive())
        setCursor(Qt::BlankCursor);
    else if (!m_client.isPointerAbsolute())
        setCursor(Qt::ArrowCursor); // not captured: the guest's pointer is somewhere else
    else
        setCursor(m_guestCursor ? *m_guestCursor : dotCursor(devicePixelRatioF()));
}

void ConsoleView::setScalingMode(ScalingMode mode)
{
    m_scalingMode = mode;
    updateGeometryOfPicture();
}

void ConsoleView::setScalingFilter(ScalingFilter filter)
{
    m_filter = filter;
    update();
}

void ConsoleView::setGuestFollowsSize(bool follows)
{
    m_guestFollows = follows;
    if (follows)
        m_followTimer.start();
    else
        m_followTimer.stop();
}

void ConsoleView::updateGeometryOfPicture()
{
    const qreal scale = std::exchange(m_geometry, ViewGeometry(size(), devicePixelRatioF(), m_guestSize,
                                                               m_scalingMode, m_pan))
                            .scale();
    if (scale != m_geometry.scale())
        makeGuestCursor();
    update();
}

void ConsoleView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    updateGeometryOfPicture();
    if (m_guestFollows)
        m_followTimer.start();
}

void ConsoleView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    window()->installEventFilter(this);
    window()->setMouseTracking(true);
    updateVisibility();
}

void ConsoleView::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    updateVisibility();
}

bool ConsoleView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::WindowStateChange)
        updateVisibility();
    if (event->type() == QEvent::MouseMove && watched == window() && watched != this)
        moveAtWindowEdge(*static_cast<QMouseEvent*>(event));
    return QWidget::eventFilter(watched, event);
}

/// Tells the server when nobody can see the picture, so that the guest's screen costs nothing then.
void ConsoleView::updateVisibility()
{
    const bool visible = isVisible() && !window()->isMinimized();
    if (std::exchange(m_visibleToServer, visible) != visible)
        m_client.send(VisibilityInput{.visible = visible});
}

void ConsoleView::captureInput()
{
    if (m_client.state() != RfbClient::State::Connected || std::exchange(m_captured, true))
        return;
    clearSelection();
    grabKeyboard();
    if (!m_client.isPointerAbsolute())
        m_pointer.begin();
    updateCursor();
    m_hintTimer.start();
    update();
    emit captureChanged(true);
}

void ConsoleView::releaseInput()
{
    if (!std::exchange(m_captured, false))
        return;
    releaseEverything();
    releaseKeyboard();
    m_pointer.end();
    updateCursor();
    m_hintTimer.stop();
    update();
    emit captureChanged(false);
}

void ConsoleView::sendKeys(const QList<std::uint32_t>& keys)
{
    for (const std::uint32_t key : keys)
        m_client.send(KeyInput{.evdevCode = key, .keysym = keysymFromEvdev(key), .down = true});
    for (auto key = keys.crbegin(); key != keys.crend(); ++key)
        m_client.send(KeyInput{.evdevCode = *key, .keysym = keysymFromEvdev(*key), .down = false});
}

void ConsoleView::sendCtrlAltDelete()
{
    sendKeys({KEY_LEFTCTRL, KEY_LEFTALT, KEY_DELETE});
}

std::optional<QString> ConsoleView::typeText(const QString& text, const QString& layout)
{
    const auto keys = KeyLayout::load(layout);
    if (!keys)
        return std::nullopt;
    QString missing;
    for (const KeyInput& key : keys->strokesFor(text, &missing))
        m_typing.push_back(key);
    m_typeTimer.start();
    return missing;
}

void ConsoleView::typeNext()
{
    if (!m_typing.empty()) {
        m_client.send(m_typing.front());
        m_typing.pop_front();
    }
    if (m_typing.empty()) {
        m_typeTimer.stop();
        emit typingFinished();
    }
}

QString ConsoleView::selectedText() const
{
    return m_selection ? m_selection->text() : QString();
}

void ConsoleView::copySelection()
{
    if (const QString text = selectedText(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void ConsoleView::clearSelection()
{
    m_selecting = false;
    if (std::exchange(m_selection, std::nullopt))
        update();
}

QImage ConsoleView::screenshot() const
{
    if (!m_picture.memory)
        return m_picture.image;
    const std::scoped_lock lock(m_picture.memory->mutex());
    return m_picture.image.copy();
}

void ConsoleView::setStatusText(const QString& text)
{
    m_statusText = text;
    update();
}

} // namespace console
