// SPDX-License-Identifier: GPL-3.0-or-later
#include "serial/serial_view.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace console {
namespace {

constexpr QRgb Paper = qRgb(0x17, 0x19, 0x1c);
constexpr QRgb Ink = qRgb(0xdd, 0xdd, 0xdd);

bool isBefore(QPoint a, QPoint b)
{
    return std::pair(a.y(), a.x()) < std::pair(b.y(), b.x());
}

} // namespace

SerialView::SerialView(QWidget* parent) : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("serialView"));
    setAccessibleName(tr("Serial terminal"));
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setCursor(Qt::IBeamCursor);
    const QFontMetrics metrics(font());
    m_cell = {std::max(1, metrics.horizontalAdvance(u'M')), std::max(1, metrics.height())};
    m_terminal.setOutput([this](const QByteArray& bytes) { write(bytes); });
}

SerialView::~SerialView()
{
    openSocket(-1);
}

void SerialView::openSocket(int fd)
{
    m_notifier.reset();
    if (const int old = std::exchange(m_socket, fd); old >= 0)
        ::close(old);
    if (fd < 0)
        return;
    m_notifier = std::make_unique<QSocketNotifier>(fd, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &SerialView::readLine);
}

void SerialView::readLine()
{
    std::array<char, 16384> bytes{};
    const ssize_t count = ::recv(m_socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count > 0) {
        feed(QByteArray(bytes.data(), count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        m_notifier->setEnabled(false);
        m_notifier.release()->deleteLater(); // it is calling us
        openSocket(-1);
        emit lineClosed();
    }
}

void SerialView::write(const QByteArray& bytes)
{
    emit bytesTyped(bytes);
    if (m_socket >= 0)
        (void)::send(m_socket, bytes.constData(), static_cast<std::size_t>(bytes.size()),
                     MSG_DONTWAIT | MSG_NOSIGNAL);
}

void SerialView::feed(const QByteArray& bytes)
{
    const bool atEnd = verticalScrollBar()->value() == verticalScrollBar()->maximum();
    m_terminal.feed(bytes);
    m_selection.reset();
    updateScrollBar();
    if (atEnd)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    viewport()->update();
}

void SerialView::updateScrollBar()
{
    verticalScrollBar()->setPageStep(m_terminal.rows());
    verticalScrollBar()->setRange(0, m_terminal.historySize());
}

int SerialView::firstRow() const
{
    return verticalScrollBar()->value() - verticalScrollBar()->maximum();
}

void SerialView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    m_terminal.resize(std::max(20, viewport()->width() / m_cell.width()),
                      std::max(4, viewport()->height() / m_cell.height()));
    updateScrollBar();
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

bool SerialView::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept(); // the guest's keys are no shortcuts of ours
        return true;
    }
    return QAbstractScrollArea::event(event);
}

void SerialView::keyPressEvent(QKeyEvent* event)
{
    const auto chord = Qt::ControlModifier | Qt::ShiftModifier;
    event->accept();
    if (event->modifiers() == chord && event->key() == Qt::Key_C) {
        copySelection();
    } else if (event->modifiers() == chord && event->key() == Qt::Key_V) {
        pasteClipboard();
    } else if (m_terminal.key(*event)) {
        m_selection.reset();
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
        viewport()->update();
    }
}

QPoint SerialView::cellAt(QPointF position) const
{
    return {std::clamp(static_cast<int>(position.x()) / m_cell.width(), 0, m_terminal.columns() - 1),
            std::clamp(static_cast<int>(position.y()) / m_cell.height(), 0, m_terminal.rows() - 1)
                + firstRow()};
}

void SerialView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::MiddleButton)
        m_terminal.paste(QGuiApplication::clipboard()->text(QClipboard::Selection));
    m_selection.reset();
    if (event->button() == Qt::LeftButton)
        m_selection = Selection{cellAt(event->position()), cellAt(event->position())};
    viewport()->update();
}

void SerialView::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_selection || !event->buttons().testFlag(Qt::LeftButton))
        return;
    m_selection->to = cellAt(event->position());
    viewport()->update();
}

bool SerialView::isSelected(QPoint cell) const
{
    if (!m_selection || m_selection->from == m_selection->to)
        return false;
    const bool forward = isBefore(m_selection->from, m_selection->to);
    const QPoint first = forward ? m_selection->from : m_selection->to;
    const QPoint last = forward ? m_selection->to : m_selection->from;
    return !isBefore(cell, first) && !isBefore(last, cell);
}

QString SerialView::selectedText() const
{
    if (!m_selection)
        return {};
    const int firstLine = std::min(m_selection->from.y(), m_selection->to.y());
    const int lastLine = std::max(m_selection->from.y(), m_selection->to.y());
    QStringList lines;
    for (int row = firstLine; row <= lastLine; ++row) {
        QString text;
        for (int column = 0; column < m_terminal.columns(); ++column) {
            if (!isSelected({column, row}))
                continue;
            const TerminalCell cell = m_terminal.cell(column, row);
            text += cell.text.isEmpty() ? QStringLiteral(" ") : cell.text;
        }
        while (text.endsWith(u' '))
            text.chop(1);
        lines.append(text);
    }
    return lines.join(u'\n');
}

void SerialView::copySelection()
{
    if (const QString text = selectedText(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void SerialView::pasteClipboard()
{
    m_terminal.paste(QGuiApplication::clipboard()->text());
}

void SerialView::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void SerialView::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void SerialView::paintRow(QPainter& painter, int screenRow) const
{
    const int row = firstRow() + screenRow;
    for (int column = 0; column < m_terminal.columns();) {
        const TerminalCell cell = m_terminal.cell(column, row);
        const QRect area(column * m_cell.width(), screenRow * m_cell.height(), m_cell.width() * cell.width,
                         m_cell.height());
        if (isSelected({column, row}))
            painter.fillRect(area, palette().highlight());
        else if (cell.background.isValid())
            painter.fillRect(area, cell.background);
        if (!cell.text.isEmpty()) {
            QFont styled = font();
            styled.setBold(cell.bold);
            styled.setItalic(cell.italic);
            styled.setUnderline(cell.underline);
            painter.setFont(styled);
            painter.setPen(cell.foreground.isValid() ? cell.foreground : QColor(Ink));
            painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, cell.text);
        }
        column += cell.width;
    }
}

void SerialView::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), QColor(Paper));
    for (int row = 0; row < m_terminal.rows(); ++row)
        paintRow(painter, row);
    if (!m_terminal.isCursorVisible())
        return;
    const QPoint cursor = m_terminal.cursor();
    const QRect area((cursor.x()) * m_cell.width(), (cursor.y() - firstRow()) * m_cell.height(),
                     m_cell.width(), m_cell.height());
    painter.setPen(QColor(Ink));
    if (hasFocus())
        painter.fillRect(area, QColor(0xdd, 0xdd, 0xdd, 150));
    else
        painter.drawRect(area.adjusted(0, 0, -1, -1));
}

} // namespace console
