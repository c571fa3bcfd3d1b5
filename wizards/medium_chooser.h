// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QLabel>
#include <QLineEdit>

class QMimeData;
class QPushButton;

namespace wizards {

/// Takes a file by drag and drop, by its path, or from a file dialogue.
class MediumChooser final : public QFrame {
    Q_OBJECT
public:
    explicit MediumChooser(QWidget* parent = nullptr);

    [[nodiscard]] QString path() const { return m_path->text().trimmed(); }
    void setPath(const QString& path) { m_path->setText(path); }

    /// The local file of a drag, or empty.
    [[nodiscard]] static QString droppedFile(const QMimeData* data);
    /// What the file dialogue offers.
    [[nodiscard]] static QString fileFilter();

signals:
    void pathChanged(const QString& path);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void browse();

    QLineEdit* m_path;
    QPushButton* m_browse;
};

} // namespace wizards
