// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "view/key_layout.h"
#include "view/keyboard.h"
#include "view/pointer_capture.h"
#include "view/rfb_client.h"
#include "view/text_selection.h"
#include "view/view_geometry.h"

#include <QTimer>
#include <QWidget>

#include <deque>
#include <functional>
#include <optional>

namespace console {

/// A guest's screen: shows what an RFB server shows, and sends it keys, pointer and text. An ordinary
/// widget without a native window of its own. GUI thread.
///
/// Keys go to the guest while the widget has the focus. *Captured* means that all of them do, also
/// those that the desktop would take, and that a guest without an absolute pointer has the mouse. The
/// release chord, or losing the focus, ends it.
class ConsoleView : public QWidget {
    Q_OBJECT
public:
    /// When a click captures the keyboard. A relative pointer always needs it.
    enum class CaptureOnClick { Always, RelativePointerOnly };
    using TextProvider = std::function<std::optional<TextGrid>()>;

    explicit ConsoleView(QWidget* parent = nullptr);
    ~ConsoleView() override;

    /// The connection: open it with client().openPath() and the like.
    [[nodiscard]] RfbClient& client() { return m_client; }
    [[nodiscard]] QSize guestSize() const { return m_guestSize; }
    [[nodiscard]] QSize sizeHint() const override;

    void setScalingMode(ScalingMode mode);
    [[nodiscard]] ScalingMode scalingMode() const { return m_scalingMode; }
    void setScalingFilter(ScalingFilter filter);
    [[nodiscard]] ScalingFilter scalingFilter() const { return m_filter; }
    /// Asks the guest to take the size of the widget, in device pixels, whenever it changes.
    void setGuestFollowsSize(bool follows);
    [[nodiscard]] const ViewGeometry& geometryOfPicture() const { return m_geometry; }

    void setReleaseChord(ReleaseChord chord) { m_keyboard.setChord(chord); }
    void setCaptureOnClick(CaptureOnClick when) { m_captureOnClick = when; }
    [[nodiscard]] bool isCaptured() const { return m_captured; }
    void captureInput();
    void releaseInput();

    /// Presses the keys (evdev codes, linux/input-event-codes.h) in order, then releases them.
    void sendKeys(const QList<std::uint32_t>& keys);
    void sendCtrlAltDelete();
    /// Types `text` as a person would on the guest's keyboard `layout`. Returns the characters that
    /// this layout cannot make; they are left out. nullopt: the layout is unknown, nothing is typed.
    std::optional<QString> typeText(const QString& text, const QString& layout);
    void stopTyping() { m_typing.clear(); }
    [[nodiscard]] bool isTyping() const { return !m_typing.empty(); }

    /// With a provider, dragging with Shift held selects text of the guest's screen. It is asked when a
    /// selection starts; nullopt: there is no text just now.
    void setTextProvider(TextProvider provider) { m_textProvider = std::move(provider); }
    [[nodiscard]] QString selectedText() const;
    void copySelection();
    void clearSelection();

    /// A copy of the picture at its own size; null before the first one.
    [[nodiscard]] QImage screenshot() const;
    /// What to say over the dimmed last picture while there is no connection.
    void setStatusText(const QString& text);

signals:
    void captureChanged(bool captured);
    /// The release chord has been pressed, captured or not: the user wants to be elsewhere.
    void releaseRequested();
    void guestSizeChanged(QSize size);
    /// F11 (when not captured), or Ctrl+Alt+Enter at any time.
    void fullScreenToggleRequested();
    void textSelected(const QString& text);
    void typingFinished();

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    bool focusNextPrevChild(bool /*next*/) override { return false; } // Tab belongs to the guest

private:
    void connectClient();
    void onPictureReplaced();
    void onPictureDamaged(const QRegion& region);
    void onCursorChanged(const CursorImage& cursor);
    void onPointerMoved(QPoint position);
    void onClosed(CloseReason reason);
    void updateGeometryOfPicture();
    void updateCursor();
    [[nodiscard]] QRect guestPointerRect() const;
    void repaintGuestPointer();
    void makeGuestCursor();
    void forgetGuestPointer();
    void updateVisibility();
    void paintPicture(QPainter& painter, const QRegion& region) const;
    void paintSelection(QPainter& painter) const;
    void paintGuestPointer(QPainter& painter) const;
    [[nodiscard]] QString overlayText() const;
    [[nodiscard]] QString captureHint() const;
    void sendKey(const KeyInput& key);
    void releaseEverything();
    [[nodiscard]] bool isHostKey(const QKeyEvent& event) const;
    bool handleSelectionKey(const QKeyEvent& event);
    [[nodiscard]] bool wantsCapture(const QMouseEvent& event) const;
    [[nodiscard]] bool startSelection(const QMouseEvent& event);
    [[nodiscard]] QPointF exactPosition(const QMouseEvent& event) const;
    void moveAtWindowEdge(const QMouseEvent& event);
    void sendPointer(QPointF position);
    void typeNext();

    RfbClient m_client;
    SharedPicture m_picture; ///< or, after the end, a copy without memory behind it
    QSize m_guestSize;
    ScalingMode m_scalingMode = ScalingMode::Fit;
    ScalingFilter m_filter = ScalingFilter::Automatic;
    ViewGeometry m_geometry;
    QPointF m_pan;
    QString m_statusText;
    bool m_guestFollows = false;
    QTimer m_followTimer;

    KeyboardState m_keyboard;
    PointerCapture m_pointer;
    CaptureOnClick m_captureOnClick = CaptureOnClick::Always;
    bool m_captured = false;
    QTimer m_hintTimer; ///< running: the capture hint is on screen
    std::uint16_t m_buttons = 0;
    QPoint m_wheelRest;                       ///< eighths of a degree not sent yet
    std::optional<CursorImage> m_cursorImage; ///< the guest's own pointer
    QImage m_pointerPixels;                   ///< of m_cursorImage
    QPoint m_pointerAt;                       ///< its hot spot, in guest pixels
    std::optional<QCursor> m_guestCursor;     ///< the same for the window system

    std::deque<KeyInput> m_typing;
    QTimer m_typeTimer;
    TextProvider m_textProvider;
    std::optional<TextSelection> m_selection;
    bool m_selecting = false;
    bool m_visibleToServer = true;
};

} // namespace console
