// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace app {

/// One message in the window with at most one thing to do about it; never in the way of the work.
class MessageBar final : public QFrame {
    Q_OBJECT
public:
    enum class Kind { Information, Warning, Error };

    explicit MessageBar(QWidget* parent = nullptr);

    /// `action` runs when the button is pressed, which also takes the message away.
    void present(Kind kind, const QString& text, const QString& button = {},
                 std::function<void()> action = {});
    void dismiss();
    [[nodiscard]] QString text() const;

private:
    QLabel* m_icon;
    QLabel* m_text;
    QPushButton* m_button;
    QToolButton* m_close;
    std::function<void()> m_action;
};

} // namespace app
