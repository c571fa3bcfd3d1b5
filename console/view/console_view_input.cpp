// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/console_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <array>
#include <utility>

namespace console {
namespace {

struct ButtonBit {
    Qt::MouseButton button;
    std::uint16_t bit;
};
constexpr auto ButtonBits = std::to_array<ButtonBit>({
    {Qt::LeftButton, 1U << 0U},
    {Qt::MiddleButton, 1U << 1U},
    {Qt::RightButton, 1U << 2U},
    {Qt::BackButton, 1U << 7U},
    {Qt::ForwardButton, 1U << 8U},
});
constexpr std::uint16_t WheelUp = 1U << 3U;
constexpr std::uint16_t WheelDown = 1U << 4U;
constexpr std::uint16_t WheelLeft = 1U << 5U;
constexpr std::uint16_t WheelRight = 1U << 6U;

std::uint16_t bitsOf(Qt::MouseButtons buttons)
{
    unsigned bits = 0;
    for (const ButtonBit& entry : ButtonBits)
        if (buttons.testFlag(entry.button))
            bits |= entry.bit;
    return static_cast<std::uint16_t>(bits);
}

/// Whole clicks in what has been turned so far; the rest stays for the next event.
int takeClicks(int& eighths)
{
    constexpr int OneClick = 120;
    const int clicks = eighths / OneClick;
    eighths -= clicks * OneClick;
    return clicks;
}

} // namespace

/// Keys that stay with the application while the keyboard is not captured.
bool ConsoleView::isHostKey(const QKeyEvent& event) const
{
    return !m_captured && event.key() == Qt::Key_F11 && event.modifiers() == Qt::NoModifier;
}

bool ConsoleView::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        // The guest's keys are no shortcuts of ours: accepting turns them into key presses.
        event->setAccepted(!isHostKey(*static_cast<QKeyEvent*>(event)));
        return true;
    }
    return QWidget::event(event);
}

void ConsoleView::sendKey(const KeyInput& key)
{
    m_client.send(key);
}

bool ConsoleView::handleSelectionKey(const QKeyEvent& event)
{
    if (!m_selection)
        return false;
    const bool copies =
        event.matches(QKeySequence::Copy)
        || (event.key() == Qt::Key_C && event.modifiers() == (Qt::ControlModifier | Qt::ShiftModifier));
    const bool modifier = event.key() == Qt::Key_Control || event.key() == Qt::Key_Shift;
    if (copies)
        copySelection();
    if (copies || !modifier)
        clearSelection();
    return copies || modifier || event.key() == Qt::Key_Escape;
}

void ConsoleView::keyPressEvent(QKeyEvent* event)
{
    event->accept();
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    const auto chord = Qt::ControlModifier | Qt::AltModifier;
    if (isHostKey(*event) || (enter && (event->modifiers() & ~Qt::KeypadModifier) == chord)) {
        releaseEverything();
        emit fullScreenToggleRequested();
        return;
    }
    if (handleSelectionKey(*event))
        return;
    const auto key = keyInputFrom(*event);
    if (!key)
        return;
    (void)m_keyboard.note(*key);
    sendKey(*key); // repeats too: a PS/2 guest has no repeat of its own
}

void ConsoleView::keyReleaseEvent(QKeyEvent* event)
{
    event->accept();
    if (event->isAutoRepeat())
        return;
    const auto key = keyInputFrom(*event);
    if (!key || !m_keyboard.isDown(*key))
        return;
    const bool chord = m_keyboard.note(*key);
    sendKey(*key);
    if (chord && m_captured)
        releaseInput();
    if (chord)
        emit releaseRequested();
}

void ConsoleView::releaseEverything()
{
    for (const KeyInput& key : m_keyboard.takeReleases())
        sendKey(key);
    if (std::exchange(m_buttons, 0) != 0) {
        if (m_client.isPointerAbsolute())
            sendPointer(mapFromGlobal(QCursor::pos()));
        else
            m_client.send(MotionInput{});
    }
}

void ConsoleView::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    releaseEverything();
    releaseInput();
}

bool ConsoleView::wantsCapture(const QMouseEvent& event) const
{
    if (m_captured || m_client.state() != RfbClient::State::Connected)
        return false;
    if (!m_client.isPointerAbsolute())
        return true;
    return m_captureOnClick == CaptureOnClick::Always && m_geometry.contains(event.position());
}

bool ConsoleView::startSelection(const QMouseEvent& event)
{
    if (event.button() != Qt::LeftButton || !event.modifiers().testFlag(Qt::ShiftModifier) || !m_textProvider
        || m_pointer.isActive())
        return false;
    auto grid = m_textProvider();
    if (!grid)
        return false;
    releaseEverything();
    m_selection.emplace(std::move(*grid), m_geometry.toGuest(event.position()));
    m_selecting = true;
    updateCursor();
    update();
    return true;
}

/// Where in the widget the event happened. Qt rounds position() to logical pixels on the way to a widget;
/// with a scale factor that is not the pixel of the screen any more. The place in the window is exact.
QPointF ConsoleView::exactPosition(const QMouseEvent& event) const
{
    const QPointF exact = event.scenePosition() - mapTo(window(), QPointF());
    return (exact - event.position()).manhattanLength() <= 1 ? exact : event.position();
}

void ConsoleView::sendPointer(QPointF position)
{
    const QPoint pixel = m_geometry.toGuest(position);
    m_client.send(PointerInput{.buttons = m_buttons, .x = pixel.x(), .y = pixel.y()});
}

void ConsoleView::mousePressEvent(QMouseEvent* event)
{
    m_keyboard.noteOtherInput();
    if (startSelection(*event))
        return;
    clearSelection();
    const bool needsCapture = wantsCapture(*event);
    if (needsCapture) {
        captureInput();
        if (!m_client.isPointerAbsolute())
            return; // this click only took the mouse
    }
    m_buttons = bitsOf(event->buttons());
    if (m_pointer.isActive())
        m_client.send(MotionInput{.buttons = m_buttons, .dx = 0, .dy = 0});
    else if (m_client.isPointerAbsolute())
        sendPointer(exactPosition(*event));
}

void ConsoleView::mouseReleaseEvent(QMouseEvent* event)
{
    if (std::exchange(m_selecting, false)) {
        updateCursor();
        if (m_selection && m_selection->isEmpty())
            clearSelection();
        else
            emit textSelected(selectedText());
        return;
    }
    m_buttons = bitsOf(event->buttons());
    if (m_pointer.isActive())
        m_client.send(MotionInput{.buttons = m_buttons, .dx = 0, .dy = 0});
    else if (m_client.isPointerAbsolute())
        sendPointer(exactPosition(*event));
}

void ConsoleView::mouseMoveEvent(QMouseEvent* event)
{
    if (m_selecting && m_selection) {
        m_selection->extendTo(m_geometry.toGuest(event->position()));
        update();
        return;
    }
    if (m_pointer.isActive()) {
        const QPoint motion = m_pointer.motionTo(event->globalPosition().toPoint());
        if (!motion.isNull())
            m_client.send(MotionInput{.buttons = m_buttons, .dx = motion.x(), .dy = motion.y()});
        return;
    }
    if (m_geometry.isLargerThanWidget()) {
        // The visible part follows the pointer: its share of the widget is the picture's.
        m_pan = {event->position().x() / std::max(1, width()), event->position().y() / std::max(1, height())};
        updateGeometryOfPicture();
    }
    if (m_client.isPointerAbsolute())
        sendPointer(exactPosition(*event));
}

/// Qt takes the last pixels of a window at its right and lower edge, when they make half a logical one, for
/// outside of every widget in it. They belong to the picture, and edges are where guests have their bars.
void ConsoleView::moveAtWindowEdge(const QMouseEvent& event)
{
    const QPointF at = event.scenePosition() - mapTo(window(), QPointF());
    const bool ours = isVisible() && at.x() >= 0 && at.y() >= 0 && at.x() < width() && at.y() < height();
    if (ours && m_client.isPointerAbsolute() && !m_selecting)
        sendPointer(at);
}

void ConsoleView::wheelEvent(QWheelEvent* event)
{
    event->accept();
    m_keyboard.noteOtherInput();
    if (!m_client.isPointerAbsolute() && !m_pointer.isActive())
        return;
    m_wheelRest += event->angleDelta();
    const int vertical = takeClicks(m_wheelRest.ry());
    const int horizontal = takeClicks(m_wheelRest.rx());
    const auto click = [&](std::uint16_t bit) {
        for (const bool down : {true, false}) {
            const auto buttons = static_cast<std::uint16_t>(down ? m_buttons | bit : m_buttons);
            if (m_pointer.isActive()) {
                m_client.send(MotionInput{.buttons = buttons, .dx = 0, .dy = 0});
            } else {
                const QPoint pixel = m_geometry.toGuest(event->position());
                m_client.send(PointerInput{.buttons = buttons, .x = pixel.x(), .y = pixel.y()});
            }
        }
    };
    for (int i = 0; i < std::abs(vertical); ++i)
        click(vertical > 0 ? WheelUp : WheelDown);
    for (int i = 0; i < std::abs(horizontal); ++i)
        click(horizontal > 0 ? WheelLeft : WheelRight);
}

} // namespace console
