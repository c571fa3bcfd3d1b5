// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/guest_list/guest_delegate.h"

#include "ui/guest_list/guest_list_model.h"
#include "ui/look/icons.h"

#include <QPainterPath>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr QSize FrameArea(72, 46);
constexpr int Margin = 8;
constexpr int IconSize = 16;
constexpr qreal Corner = 4;

} // namespace

GuestDelegate::GuestDelegate(const GuestFilterModel& model, QObject* parent)
    : QStyledItemDelegate(parent), m_model(model)
{}

int GuestDelegate::headingHeight(const QStyleOptionViewItem& option) const
{
    return option.fontMetrics.height() + Margin;
}

QSize GuestDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const int heading = m_model.startsSection(index.row()) ? headingHeight(option) : 0;
    return {FrameArea.width() + 160, FrameArea.height() + 2 * Margin + heading};
}

void GuestDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QRect row = option.rect;
    const QPalette& palette = option.palette;
    QFont small = option.font;
    small.setPointSizeF(small.pointSizeF() * 0.9);
    if (m_model.startsSection(index.row())) {
        QRect heading = row;
        heading.setHeight(headingHeight(option));
        row.setTop(heading.bottom() + 1);
        painter->setFont(small);
        painter->setPen(palette.color(QPalette::PlaceholderText));
        painter->drawText(heading.adjusted(Margin, 0, -Margin, -2), Qt::AlignBottom | Qt::AlignLeading,
                          index.data(GuestListModel::SectionRole).toString());
    }
    const bool selected = option.state & QStyle::State_Selected;
    const bool hovered = option.state & QStyle::State_MouseOver;
    if (selected || hovered) {
        QColor fill = palette.color(QPalette::Highlight);
        fill.setAlphaF(selected ? 0.28F : 0.12F);
        painter->setPen(selected && (option.state & QStyle::State_HasFocus)
                            ? palette.color(QPalette::Highlight)
                            : QColor(Qt::transparent));
        painter->setBrush(fill);
        painter->drawRoundedRect(QRectF(row).adjusted(2.5, 1.5, -2.5, -1.5), Corner, Corner);
    }
    const QRect content = row.adjusted(Margin, Margin, -Margin, -Margin);
    const auto visual = [&](const QRect& area) { return QStyle::visualRect(option.direction, row, area); };
    paintFrame(painter, visual(QRect(content.topLeft(), FrameArea)), index, palette);
    const int textLeft = content.left() + FrameArea.width() + 10;
    const int lineHeight = option.fontMetrics.height();
    const int textTop = content.center().y() - lineHeight - 1;
    const QRect nameArea(textLeft, textTop, content.right() - textLeft, lineHeight);
    QFont bold = option.font;
    bold.setWeight(QFont::DemiBold);
    painter->setFont(bold);
    painter->setPen(palette.color(QPalette::Text));
    const bool favourite = index.data(GuestListModel::FavouriteRole).toBool();
    const QString name = index.data().toString() + (favourite ? u" ★"_s : QString());
    painter->drawText(visual(nameArea), Qt::AlignVCenter | Qt::AlignLeading,
                      QFontMetrics(bold).elidedText(name, Qt::ElideRight, nameArea.width()));
    const QRect iconArea(textLeft, textTop + lineHeight + 4, IconSize, IconSize);
    index.data(Qt::DecorationRole).value<QIcon>().paint(painter, visual(iconArea));
    painter->setFont(small);
    painter->setPen(palette.color(QPalette::PlaceholderText));
    const QRect detailArea(textLeft + IconSize + 4, iconArea.top(), content.right() - textLeft - IconSize - 4,
                           IconSize);
    painter->drawText(visual(detailArea), Qt::AlignVCenter | Qt::AlignLeading,
                      QFontMetrics(small).elidedText(index.data(GuestListModel::DetailRole).toString(),
                                                     Qt::ElideRight, detailArea.width()));
    painter->restore();
}

void GuestDelegate::paintFrame(QPainter* painter, const QRect& area, const QModelIndex& index,
                               const QPalette& palette) const
{
    const auto state = static_cast<GuestState>(index.data(GuestListModel::StateRole).toInt());
    const auto frame = index.data(GuestListModel::FrameRole).value<QImage>();
    QPainterPath outline;
    outline.addRoundedRect(area, Corner, Corner);
    painter->save();
    painter->setClipPath(outline);
    painter->fillRect(area, frame.isNull() ? palette.color(QPalette::Button) : QColor(Qt::black));
    // A guest that is not running is dimmed; paused and off look still.
    painter->setOpacity(state == GuestState::Running ? 1 : 0.55);
    if (frame.isNull()) {
        const QRect icon(area.center() - QPoint(12, 12), QSize(24, 24));
        themeIcon(u"virtual-machine"_s).paint(painter, icon);
    } else {
        const QSize size = frame.size().scaled(area.size(), Qt::KeepAspectRatio);
        const QRect target(area.center() - QPoint(size.width() / 2, size.height() / 2), size);
        painter->setRenderHint(QPainter::SmoothPixmapTransform);
        painter->drawImage(target, frame);
    }
    painter->restore();
}

} // namespace app
