// SPDX-License-Identifier: GPL-3.0-or-later
#include "serial/terminal.h"

#include <vterm.h>

#include <algorithm>
#include <array>
#include <optional>

namespace console {

struct Terminal::OpaqueCell {
    VTermScreenCell cell{};
};

/// libvterm calls these with the Terminal as `user`.
struct Terminal::Callbacks {
    static int moveCursor(VTermPos position, VTermPos /*old*/, int visible, void* user)
    {
        auto& self = *static_cast<Terminal*>(user);
        self.m_cursor = {position.col, position.row};
        self.m_cursorVisible = visible != 0;
        return 1;
    }
    static int setProperty(VTermProp property, VTermValue* value, void* user)
    {
        if (property == VTERM_PROP_CURSORVISIBLE)
            static_cast<Terminal*>(user)->m_cursorVisible = value->boolean != 0;
        return 1;
    }
    static int bell(void* user)
    {
        if (const auto& ring = static_cast<Terminal*>(user)->m_bell)
            ring();
        return 1;
    }
    static int pushLine(int columns, const VTermScreenCell* cells, void* user)
    {
        auto& history = static_cast<Terminal*>(user)->m_history;
        auto& line = history.emplace_back();
        line.resize(static_cast<std::size_t>(columns));
        for (std::size_t i = 0; i < line.size(); ++i)
            line[i].cell = cells[i];
        if (history.size() > MaxHistory)
            history.pop_front();
        return 1;
    }
    static int popLine(int columns, VTermScreenCell* cells, void* user)
    {
        auto& history = static_cast<Terminal*>(user)->m_history;
        if (history.empty())
            return 0;
        const auto& line = history.back();
        for (std::size_t i = 0; i < static_cast<std::size_t>(columns); ++i) {
            cells[i] = i < line.size() ? line[i].cell : VTermScreenCell{};
            cells[i].width = std::max<char>(cells[i].width, 1);
        }
        history.pop_back();
        return 1;
    }
};

namespace {

VTermModifier modifiersOf(const QKeyEvent& event)
{
    int modifiers = VTERM_MOD_NONE;
    if (event.modifiers().testFlag(Qt::ShiftModifier))
        modifiers |= VTERM_MOD_SHIFT;
    if (event.modifiers().testFlag(Qt::AltModifier))
        modifiers |= VTERM_MOD_ALT;
    if (event.modifiers().testFlag(Qt::ControlModifier))
        modifiers |= VTERM_MOD_CTRL;
    return static_cast<VTermModifier>(modifiers);
}

std::optional<VTermKey> specialKey(int key)
{
    struct Entry {
        int qtKey;
        VTermKey key;
    };
    constexpr auto Keys = std::to_array<Entry>({
        {Qt::Key_Return, VTERM_KEY_ENTER},
        {Qt::Key_Enter, VTERM_KEY_ENTER},
        {Qt::Key_Tab, VTERM_KEY_TAB},
        {Qt::Key_Backtab, VTERM_KEY_TAB},
        {Qt::Key_Backspace, VTERM_KEY_BACKSPACE},
        {Qt::Key_Escape, VTERM_KEY_ESCAPE},
        {Qt::Key_Up, VTERM_KEY_UP},
        {Qt::Key_Down, VTERM_KEY_DOWN},
        {Qt::Key_Left, VTERM_KEY_LEFT},
        {Qt::Key_Right, VTERM_KEY_RIGHT},
        {Qt::Key_Insert, VTERM_KEY_INS},
        {Qt::Key_Delete, VTERM_KEY_DEL},
        {Qt::Key_Home, VTERM_KEY_HOME},
        {Qt::Key_End, VTERM_KEY_END},
        {Qt::Key_PageUp, VTERM_KEY_PAGEUP},
        {Qt::Key_PageDown, VTERM_KEY_PAGEDOWN},
    });
    if (key >= Qt::Key_F1 && key <= Qt::Key_F12)
        return static_cast<VTermKey>(VTERM_KEY_FUNCTION_0 + 1 + (key - Qt::Key_F1));
    const auto found = std::ranges::find(Keys, key, &Entry::qtKey);
    return found == Keys.end() ? std::nullopt : std::optional(found->key);
}

} // namespace

Terminal::Terminal(int columns, int rows)
    : m_terminal(vterm_new(rows, columns)), m_screen(vterm_obtain_screen(m_terminal)), m_size(columns, rows)
{
    static constexpr VTermScreenCallbacks Functions{
        .damage = nullptr,
        .moverect = nullptr,
        .movecursor = Callbacks::moveCursor,
        .settermprop = Callbacks::setProperty,
        .bell = Callbacks::bell,
        .resize = nullptr,
        .sb_pushline = Callbacks::pushLine,
        .sb_popline = Callbacks::popLine,
    };
    vterm_set_utf8(m_terminal, 1);
    vterm_screen_set_callbacks(m_screen, &Functions, this);
    vterm_screen_enable_altscreen(m_screen, 1);
    vterm_screen_reset(m_screen, 1);
}

Terminal::~Terminal()
{
    vterm_free(m_terminal);
}

void Terminal::feed(const QByteArray& bytes)
{
    vterm_input_write(m_terminal, bytes.constData(), static_cast<std::size_t>(bytes.size()));
    vterm_screen_flush_damage(m_screen);
    flushOutput();
}

void Terminal::flushOutput()
{
    QByteArray bytes(static_cast<qsizetype>(vterm_output_get_buffer_current(m_terminal)), '\0');
    if (bytes.isEmpty())
        return;
    vterm_output_read(m_terminal, bytes.data(), static_cast<std::size_t>(bytes.size()));
    if (m_output)
        m_output(bytes);
}

bool Terminal::key(const QKeyEvent& event)
{
    const VTermModifier modifiers = modifiersOf(event);
    if (const auto special = specialKey(event.key())) {
        vterm_keyboard_key(m_terminal, *special, modifiers);
    } else if (modifiers == VTERM_MOD_CTRL && event.key() >= Qt::Key_A && event.key() <= Qt::Key_Z) {
        vterm_keyboard_unichar(m_terminal, static_cast<std::uint32_t>(event.key() - Qt::Key_A + 'a'),
                               modifiers);
    } else if (!event.text().isEmpty()) {
        // The text has Shift and AltGr in it already.
        for (const uint character : event.text().toUcs4())
            vterm_keyboard_unichar(
                m_terminal, character,
                static_cast<VTermModifier>(character >= 0x20 ? modifiers & VTERM_MOD_ALT : 0));
    } else {
        return false;
    }
    flushOutput();
    return true;
}

void Terminal::paste(const QString& text)
{
    vterm_keyboard_start_paste(m_terminal);
    for (const uint character : text.toUcs4())
        vterm_keyboard_unichar(m_terminal, character == '\n' ? '\r' : character, VTERM_MOD_NONE);
    vterm_keyboard_end_paste(m_terminal);
    flushOutput();
}

void Terminal::resize(int columns, int rows)
{
    if (QSize(columns, rows) == m_size || columns < 1 || rows < 1)
        return;
    m_size = {columns, rows};
    vterm_set_size(m_terminal, rows, columns);
    vterm_screen_flush_damage(m_screen);
}

TerminalCell Terminal::convert(const OpaqueCell& opaque) const
{
    const VTermScreenCell& cell = opaque.cell;
    const auto colour = [this](VTermColor from) {
        vterm_screen_convert_color_to_rgb(m_screen, &from);
        return QColor(from.rgb.red, from.rgb.green, from.rgb.blue);
    };
    TerminalCell out;
    for (const std::uint32_t character : cell.chars) {
        if (character == 0 || character > 0x10ffff)
            break;
        out.text += QString::fromUcs4(reinterpret_cast<const char32_t*>(&character), 1);
    }
    out.foreground = VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) ? QColor() : colour(cell.fg);
    out.background = VTERM_COLOR_IS_DEFAULT_BG(&cell.bg) ? QColor() : colour(cell.bg);
    out.width = std::max<int>(1, cell.width);
    out.bold = cell.attrs.bold != 0;
    out.underline = cell.attrs.underline != 0;
    out.italic = cell.attrs.italic != 0;
    if (cell.attrs.reverse != 0)
        std::swap(out.foreground, out.background);
    if (cell.attrs.reverse != 0 && !out.background.isValid())
        out.background = QColor(Qt::lightGray);
    if (cell.attrs.reverse != 0 && !out.foreground.isValid())
        out.foreground = QColor(Qt::black);
    return out;
}

TerminalCell Terminal::cell(int column, int row) const
{
    OpaqueCell found;
    if (row < 0) {
        const int index = historySize() + row;
        if (index < 0)
            return {};
        const auto& line = m_history[static_cast<std::size_t>(index)];
        if (static_cast<std::size_t>(column) >= line.size())
            return {};
        found = line[static_cast<std::size_t>(column)];
    } else if (vterm_screen_get_cell(m_screen, {.row = row, .col = column}, &found.cell) == 0) {
        return {};
    }
    return convert(found);
}

QString Terminal::line(int row) const
{
    QString text;
    for (int column = 0; column < columns();) {
        const TerminalCell found = cell(column, row);
        text += found.text.isEmpty() ? QStringLiteral(" ") : found.text;
        column += found.width;
    }
    while (text.endsWith(u' '))
        text.chop(1);
    return text;
}

} // namespace console
