// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QColor>
#include <QKeyEvent>
#include <QList>
#include <QPoint>
#include <QRect>
#include <QSize>
#include <QString>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

struct VTerm;
struct VTermScreen;

namespace console {

/// One character cell of a terminal.
struct TerminalCell {
    QString text; ///< with combining marks; empty: blank
    QColor foreground, background;
    int width = 1; ///< 2 for wide characters
    bool bold = false, underline = false, italic = false;
};

/// A VT terminal over libvterm: bytes of a serial line in, cells out; keys in, bytes out. Keeps the
/// lines that scroll away, up to a limit. GUI thread. No drawing here.
class Terminal {
public:
    static constexpr std::size_t MaxHistory = 5000;

    Terminal(int columns, int rows);
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    Terminal(Terminal&&) = delete;
    Terminal& operator=(Terminal&&) = delete;

    /// Called with bytes for the serial line: keys, and answers to the guest's questions.
    void setOutput(std::function<void(const QByteArray&)> output) { m_output = std::move(output); }
    /// Called when the bell rings.
    void setBell(std::function<void()> bell) { m_bell = std::move(bell); }

    void feed(const QByteArray& bytes);
    /// False when the key means nothing to a terminal.
    bool key(const QKeyEvent& event);
    void paste(const QString& text);
    void resize(int columns, int rows);

    [[nodiscard]] int columns() const { return m_size.width(); }
    [[nodiscard]] int rows() const { return m_size.height(); }
    [[nodiscard]] int historySize() const { return static_cast<int>(m_history.size()); }
    /// Rows from 0 on are on the screen, -1 is the line that scrolled away last.
    [[nodiscard]] TerminalCell cell(int column, int row) const;
    /// Text of a row without blanks at its end.
    [[nodiscard]] QString line(int row) const;
    [[nodiscard]] QPoint cursor() const { return m_cursor; }
    [[nodiscard]] bool isCursorVisible() const { return m_cursorVisible; }

    struct Callbacks; ///< what libvterm calls

private:
    struct OpaqueCell;
    [[nodiscard]] TerminalCell convert(const OpaqueCell& cell) const;
    void flushOutput();

    VTerm* m_terminal;
    VTermScreen* m_screen;
    QSize m_size;
    QPoint m_cursor;
    bool m_cursorVisible = true;
    std::deque<std::vector<OpaqueCell>> m_history;
    std::function<void(const QByteArray&)> m_output;
    std::function<void()> m_bell;
};

} // namespace console
