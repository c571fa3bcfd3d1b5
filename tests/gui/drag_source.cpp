// SPDX-License-Identifier: GPL-3.0-or-later
// A window that a file can be dragged out of, as out of a file manager: drag_source FILE
#include <QApplication>
#include <QDrag>
#include <QLabel>
#include <QMimeData>
#include <QMouseEvent>
#include <QUrl>

namespace {

class Source final : public QLabel {
public:
    explicit Source(const QString& file) : QLabel(file), m_file(file) {}

protected:
    void mousePressEvent(QMouseEvent* /*event*/) override {}
    void mouseMoveEvent(QMouseEvent* event) override
    {
        if (!(event->buttons() & Qt::LeftButton))
            return;
        auto* data = new QMimeData;
        data->setUrls({QUrl::fromLocalFile(m_file)});
        auto* drag = new QDrag(this);
        drag->setMimeData(data);
        drag->exec(Qt::CopyAction);
    }

private:
    QString m_file;
};

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    if (argc < 2)
        return 2;
    Source source(QString::fromLocal8Bit(argv[1]));
    source.setWindowTitle(QStringLiteral("Drag from here"));
    source.setAlignment(Qt::AlignCenter);
    source.setGeometry(1040, 700, 220, 100);
    source.show();
    return QApplication::exec();
}
