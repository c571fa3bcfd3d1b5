// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/network/network_client.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QPushButton;
class QSlider;

namespace app {

/// How good the guest's line is: sliders for bandwidth, delay and loss that work while it runs, and the
/// capture of its frames.
class LinePanel final : public QWidget {
    Q_OBJECT
public:
    explicit LinePanel(NetworkClient& client, QWidget* parent = nullptr);

    /// Bits a second of a bandwidth slider's position; 0: no limit.
    [[nodiscard]] static std::uint64_t bitsAt(int position);
    [[nodiscard]] static int positionOf(std::uint64_t bitsPerSecond);
    static constexpr int UnlimitedPosition = 20;

private:
    QSlider* addSlider(const QString& name, const QString& objectName, int most);
    void describe();
    void apply();
    void refresh();
    void toggleCapture();

    NetworkClient& m_client;
    QGridLayout* m_grid;
    QTimer m_applySoon;
    QList<QLabel*> m_values; ///< beside the sliders, in their order; used while these are made
    QSlider* m_down;
    QSlider* m_up;
    QSlider* m_delay;
    QSlider* m_loss;
    QPushButton* m_capture;
    QLabel* m_captureFile;
};

} // namespace app
