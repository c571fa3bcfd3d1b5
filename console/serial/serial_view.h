// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serial/terminal.h"

#include <QAbstractScrollArea>
#include <QSocketNotifier>

#include <memory>
#include <optional>

namespace console {

/// A terminal on a guest's serial line. GUI thread. The line is a connected stream socket, or the
/// owner feeds bytes and takes bytesTyped().
class SerialView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit SerialView(QWidget* parent = nullptr);
    ~SerialView() override;

    /// Reads and writes `fd`, which becomes the view's; -1 lets go of it. Bytes that the guest does not
    /// take are dropped, as on a real line.
    void openSocket(int fd);
    void feed(const QByteArray& bytes);

    [[nodiscard]] const Terminal& terminal() const { return m_terminal; }
    [[nodiscard]] QString selectedText() const;
    void copySelection();
    void pasteClipboard();

signals:
    void bytesTyped(const QByteArray& bytes);
    void lineClosed();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool focusNextPrevChild(bool /*next*/) override { return false; } // Tab belongs to the guest

private:
    void readLine();
    void write(const QByteArray& bytes);
    void updateScrollBar();
    void paintRow(QPainter& painter, int screenRow) const;
    [[nodiscard]] int firstRow() const; ///< of the terminal, at the upper edge; negative: history
    [[nodiscard]] QPoint cellAt(QPointF position) const;
    [[nodiscard]] bool isSelected(QPoint cell) const;

    Terminal m_terminal{80, 24};
    QSize m_cell;
    std::unique_ptr<QSocketNotifier> m_notifier;
    int m_socket = -1;
    struct Selection {
        QPoint from, to; ///< column and terminal row
    };
    std::optional<Selection> m_selection;
};

} // namespace console
