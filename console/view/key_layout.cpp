// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/key_layout.h"

#include <linux/input-event-codes.h>
#include <xkbcommon/xkbcommon-keysyms.h>
#include <xkbcommon/xkbcommon.h>

#include <algorithm>
#include <array>
#include <memory>

namespace console {
namespace {

constexpr std::uint32_t FirstKeycode = 8;

template <auto Unref>
struct XkbDeleter {
    template <class T>
    void operator()(T* object) const
    {
        Unref(object);
    }
};
using XkbContext = std::unique_ptr<xkb_context, XkbDeleter<xkb_context_unref>>;
using XkbKeymap = std::unique_ptr<xkb_keymap, XkbDeleter<xkb_keymap_unref>>;

struct DeadKey {
    char32_t combining; ///< the mark that Unicode's decomposition ends in
    std::uint32_t keysym;
};
constexpr auto DeadKeys = std::to_array<DeadKey>({
    {0x0300, XKB_KEY_dead_grave},
    {0x0301, XKB_KEY_dead_acute},
    {0x0302, XKB_KEY_dead_circumflex},
    {0x0303, XKB_KEY_dead_tilde},
    {0x0304, XKB_KEY_dead_macron},
    {0x0306, XKB_KEY_dead_breve},
    {0x0307, XKB_KEY_dead_abovedot},
    {0x0308, XKB_KEY_dead_diaeresis},
    {0x030a, XKB_KEY_dead_abovering},
    {0x030b, XKB_KEY_dead_doubleacute},
    {0x030c, XKB_KEY_dead_caron},
    {0x0327, XKB_KEY_dead_cedilla},
    {0x0328, XKB_KEY_dead_ogonek},
});
/// Characters that a dead key and the space bar make.
constexpr auto Standalone = std::to_array<DeadKey>({
    {U'^', XKB_KEY_dead_circumflex},
    {U'`', XKB_KEY_dead_grave},
    {U'~', XKB_KEY_dead_tilde},
    {U'\'', XKB_KEY_dead_acute},
    {U'"', XKB_KEY_dead_diaeresis},
    {0x00b4, XKB_KEY_dead_acute},
});

XkbKeymap compile(xkb_context* context, const QString& name)
{
    const qsizetype open = name.indexOf(u'(');
    const QByteArray layout = name.left(open < 0 ? name.size() : open).toUtf8();
    const QByteArray variant = open < 0 ? QByteArray() : name.mid(open + 1, name.size() - open - 2).toUtf8();
    const xkb_rule_names names{"evdev", "pc105", layout.constData(), variant.constData(), ""};
    return XkbKeymap(xkb_keymap_new_from_names(context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS));
}

} // namespace

std::optional<KeyLayout> KeyLayout::load(const QString& name)
{
    const XkbContext context(xkb_context_new(XKB_CONTEXT_NO_ENVIRONMENT_NAMES));
    if (!context)
        return std::nullopt;
    xkb_context_set_log_level(context.get(), XKB_LOG_LEVEL_CRITICAL);
    const XkbKeymap keymap = compile(context.get(), name);
    if (!keymap)
        return std::nullopt;
    const xkb_mod_mask_t shift = 1U << xkb_keymap_mod_get_index(keymap.get(), XKB_MOD_NAME_SHIFT);
    const xkb_mod_index_t levelThree = xkb_keymap_mod_get_index(keymap.get(), "Mod5");
    const xkb_mod_mask_t altGr = levelThree == XKB_MOD_INVALID ? 0 : 1U << levelThree;
    KeyLayout layout;
    // Plain strokes first, so that the simplest way to a character wins.
    for (const xkb_mod_mask_t wanted : {xkb_mod_mask_t{0}, shift, altGr, shift | altGr}) {
        for (std::uint32_t code = KEY_1; code <= KEY_102ND; ++code) {
            if (code >= KEY_F1 && code < KEY_102ND)
                continue; // the pad depends on Num Lock
            const xkb_keycode_t key = code + FirstKeycode;
            for (xkb_level_index_t level = 0; level < xkb_keymap_num_levels_for_key(keymap.get(), key, 0);
                 ++level) {
                std::array<xkb_mod_mask_t, 16> masks{};
                const std::size_t count = xkb_keymap_key_get_mods_for_level(keymap.get(), key, 0, level,
                                                                            masks.data(), masks.size());
                const xkb_keysym_t* symbols = nullptr;
                if (std::find(masks.begin(), masks.begin() + count, wanted) == masks.begin() + count
                    || xkb_keymap_key_get_syms_by_level(keymap.get(), key, 0, level, &symbols) != 1)
                    continue;
                layout.add(symbols[0], {code, symbols[0], (wanted & shift) != 0, (wanted & altGr) != 0});
            }
        }
    }
    return layout;
}

void KeyLayout::add(std::uint32_t keysym, const Stroke& stroke)
{
    if (!m_strokes.contains(keysym))
        m_strokes.insert(keysym, stroke);
}

QList<KeyLayout::Stroke> KeyLayout::find(char32_t character) const
{
    if (character == U'\n' || character == U'\r')
        return {{KEY_ENTER, XKB_KEY_Return, false, false}};
    if (character == U'\t')
        return {{KEY_TAB, XKB_KEY_Tab, false, false}};
    const auto direct = m_strokes.constFind(xkb_utf32_to_keysym(character));
    if (direct != m_strokes.constEnd())
        return {*direct};
    for (const DeadKey& dead : Standalone)
        if (dead.combining == character && m_strokes.contains(dead.keysym))
            return {m_strokes.value(dead.keysym), {KEY_SPACE, XKB_KEY_space, false, false}};
    const auto parts = QChar::decomposition(character).toUcs4();
    if (parts.size() != 2)
        return {};
    for (const DeadKey& dead : DeadKeys) {
        const auto base = m_strokes.constFind(xkb_utf32_to_keysym(parts[0]));
        if (dead.combining == parts[1] && m_strokes.contains(dead.keysym) && base != m_strokes.constEnd())
            return {m_strokes.value(dead.keysym), *base};
    }
    return {};
}

QList<KeyInput> KeyLayout::strokesFor(const QString& text, QString* missing) const
{
    QList<KeyInput> out;
    const auto press = [&out](std::uint32_t code, std::uint32_t keysym, bool down) {
        out.append(KeyInput{.evdevCode = code, .keysym = keysym, .down = down});
    };
    QString plain = text;
    plain.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    for (const uint character : plain.normalized(QString::NormalizationForm_C).toUcs4()) {
        const auto strokes = find(character);
        const QString shown = QString::fromUcs4(reinterpret_cast<const char32_t*>(&character), 1);
        if (strokes.isEmpty() && missing && !missing->contains(shown))
            missing->append(shown);
        for (const Stroke& stroke : strokes) {
            if (stroke.shift)
                press(KEY_LEFTSHIFT, XKB_KEY_Shift_L, true);
            if (stroke.altGr)
                press(KEY_RIGHTALT, XKB_KEY_ISO_Level3_Shift, true);
            press(stroke.evdevCode, stroke.keysym, true);
            press(stroke.evdevCode, stroke.keysym, false);
            if (stroke.altGr)
                press(KEY_RIGHTALT, XKB_KEY_ISO_Level3_Shift, false);
            if (stroke.shift)
                press(KEY_LEFTSHIFT, XKB_KEY_Shift_L, false);
        }
    }
    return out;
}

} // namespace console
