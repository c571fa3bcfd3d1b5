// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/guest_store.h"

#include <QElapsedTimer>
#include <QWidget>

class QLabel;
class QProgressBar;

namespace app {

/// Shows one long piece of work with its progress, the time it still takes, and a way to stop it.
/// Removes itself when the work is done.
class JobBar final : public QWidget {
    Q_OBJECT
public:
    JobBar(const QString& text, std::shared_ptr<LibraryJob> job, QWidget* parent = nullptr);

private:
    void refresh();

    QString m_title;
    std::shared_ptr<LibraryJob> m_job;
    QLabel* m_text;
    QProgressBar* m_progress;
    QTimer m_timer;
    QElapsedTimer m_elapsed;
};

/// "about 2 minutes left"; empty while nothing can be said.
[[nodiscard]] QString timeLeftText(std::uint64_t done, std::uint64_t total,
                                   std::chrono::milliseconds elapsed);

} // namespace app
