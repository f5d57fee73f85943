/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/desktop_view.h"

#include <linux/input-event-codes.h>

#include "ui/desktop_cursor.h"
#include "ui/display.h"
#include "ui/gdk_input.h"

struct _VdiDesktopView {
    GtkWidget parent_instance;
    VdiView *view;       /* NULL before the first one */
    VdiGdkInput *input;  /* as long as `view` */
    bool is_open;        /* the session is there */
    bool has_frame;      /* of this picture */
    VdiDisplay *display; /* NULL while there is no window or no picture */
    const char *forced;
    VdiPlacement placement;
    bool wants_grab;
    bool is_let_go; /* by the person, until they click on the desktop */
    GdkSeat *grabbed;
};

G_DEFINE_FINAL_TYPE(VdiDesktopView, vdi_desktop_view, GTK_TYPE_WIDGET)

/* ---- the picture ---- */

static void on_taken(void *user)
{
    VdiDesktopView *self = user;

    vdi_view_taken(self->view);
}

static void drop_display(VdiDesktopView *self)
{
    VdiDisplay *display = g_steal_pointer(&self->display);

    if (display != NULL) {
        display->ops->destroy(display);
    }
}

/* Where the picture stands, and the first display that can show it there. */
static void choose_display(VdiDesktopView *self)
{
    GtkWidget *widget = GTK_WIDGET(self);
    const VdiPicture *picture = vdi_desktop_view_picture(self);

    if (!gtk_widget_get_realized(widget) || picture == NULL) {
        drop_display(self);
        return;
    }
    self->placement = vdi_placement_fit(picture, gtk_widget_get_allocated_width(widget),
        gtk_widget_get_allocated_height(widget), gtk_widget_get_scale_factor(widget));
    const VdiDisplayOps *before = self->display != NULL ? self->display->ops : NULL;
    VdiDisplay *better = vdi_display_better(before, self->forced, gtk_widget_get_window(widget),
        picture, &self->placement, on_taken, self);

    if (better != NULL) {
        drop_display(self);
        self->display = better;
    }
}

static void on_picture(VdiView *view, const VdiPicture *picture, void *user)
{
    VdiDesktopView *self = user;

    drop_display(self); /* it shows the old one */
    self->has_frame = false;
    gtk_widget_queue_resize(GTK_WIDGET(self));
    choose_display(self);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void on_frame(
    VdiView *view, unsigned index, const VdiRectangle *damage, size_t n_damage, void *user)
{
    VdiDesktopView *self = user;
    bool is_first = !self->has_frame;

    self->has_frame = true;
    if (self->display == NULL || !gtk_widget_get_mapped(GTK_WIDGET(self))) {
        vdi_view_taken(view);
    } else {
        self->display->ops->show(self->display, &self->placement, index, damage, n_damage);
    }
    if (is_first) {
        gtk_widget_queue_draw(GTK_WIDGET(self));
        g_signal_emit_by_name(self, "picture");
    }
}

static void on_cursor(
    VdiView *view, const VdiMessageCursor *cursor, const unsigned char *pixels, void *user)
{
    GtkWidget *widget = user;
    g_autoptr(GdkCursor) shape = vdi_desktop_cursor_new(
        gtk_widget_get_display(widget), cursor, pixels, gtk_widget_get_scale_factor(widget));

    if (gtk_widget_get_realized(widget)) {
        gdk_window_set_cursor(gtk_widget_get_window(widget), shape);
    }
}

static void let_keyboard_go(VdiDesktopView *self)
{
    if (self->grabbed != NULL) {
        gdk_seat_ungrab(self->grabbed);
        g_clear_object(&self->grabbed);
    }
}

static void on_closed(VdiView *view, const GError *error, void *user)
{
    VdiDesktopView *self = user;

    self->is_open = false;
    let_keyboard_go(self);
    g_signal_emit_by_name(self, "closed", error != NULL ? error->message : NULL);
}

static const VdiViewDelegate delegate = {on_picture, on_frame, on_cursor, on_closed};

/* ---- the keyboard and the pointer ---- */

static void take_keyboard(VdiDesktopView *self)
{
    GtkWidget *widget = GTK_WIDGET(self);
    GdkSeat *seat = gdk_display_get_default_seat(gtk_widget_get_display(widget));

    if (self->wants_grab && self->is_open && !self->is_let_go && self->grabbed == NULL
        && gtk_widget_has_focus(widget) && gtk_widget_get_mapped(widget)
        && gdk_seat_grab(seat, gtk_widget_get_window(widget), GDK_SEAT_CAPABILITY_KEYBOARD, true,
               NULL, NULL, NULL, NULL)
            == GDK_GRAB_SUCCESS) {
        self->grabbed = g_object_ref(seat);
    }
}

static GdkKeymap *keymap_of(GtkWidget *widget)
{
    return gdk_keymap_get_for_display(gtk_widget_get_display(widget));
}

static gboolean event(GtkWidget *widget, GdkEvent *event)
{
    VdiDesktopView *self = VDI_DESKTOP_VIEW(widget);

    if (!self->is_open) {
        return false;
    }
    if (event->type == GDK_BUTTON_PRESS) {
        gtk_widget_grab_focus(widget);
        self->is_let_go = false;
        take_keyboard(self);
    }
    bool used = vdi_gdk_input_event(self->input, event, &self->placement);

    if (vdi_gdk_input_take_chord(self->input)) {
        self->is_let_go = true;
        let_keyboard_go(self);
        g_signal_emit_by_name(self, "released");
    }
    return used;
}

static gboolean focus_in(GtkWidget *widget, GdkEventFocus *event)
{
    VdiDesktopView *self = VDI_DESKTOP_VIEW(widget);

    if (self->is_open) {
        vdi_gdk_input_focus(self->input, true, keymap_of(widget));
        take_keyboard(self);
    }
    return false;
}

static gboolean focus_out(GtkWidget *widget, GdkEventFocus *event)
{
    VdiDesktopView *self = VDI_DESKTOP_VIEW(widget);

    let_keyboard_go(self);
    if (self->is_open) {
        vdi_gdk_input_focus(self->input, false, keymap_of(widget));
    }
    return false;
}

static gboolean on_window_key(GtkWindow *window, GdkEventKey *event, gpointer data)
{
    VdiDesktopView *self = data;

    return self->is_open && gtk_widget_has_focus(GTK_WIDGET(self))
        && gtk_window_propagate_key_event(window, event);
}

/* ---- the widget ---- */

/* A window of the X server's own, of its plain visual, so that pixels can be put there past GTK. */
static void realize(GtkWidget *widget)
{
    GtkAllocation at;
    GdkWindowAttr attributes = {
        .window_type = GDK_WINDOW_CHILD,
        .wclass = GDK_INPUT_OUTPUT,
        .visual = gdk_screen_get_system_visual(gtk_widget_get_screen(widget)),
        .event_mask = GDK_EXPOSURE_MASK | GDK_KEY_PRESS_MASK | GDK_KEY_RELEASE_MASK
            | GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK | GDK_POINTER_MOTION_MASK
            | GDK_SCROLL_MASK | GDK_SMOOTH_SCROLL_MASK | GDK_FOCUS_CHANGE_MASK
            | GDK_ENTER_NOTIFY_MASK | GDK_LEAVE_NOTIFY_MASK,
    };

    gtk_widget_get_allocation(widget, &at);
    attributes.x = MAX(at.x, 0);
    attributes.y = MAX(at.y, 0);
    attributes.width = MAX(at.width, VDI_PICTURE_MIN);
    attributes.height = MAX(at.height, VDI_PICTURE_MIN);
    gtk_widget_set_realized(widget, true);
    GdkWindow *window = gdk_window_new(
        gtk_widget_get_parent_window(widget), &attributes, GDK_WA_X | GDK_WA_Y | GDK_WA_VISUAL);

    gtk_widget_set_window(widget, window);
    gtk_widget_register_window(widget, window);
    gdk_window_ensure_native(window);
    choose_display(VDI_DESKTOP_VIEW(widget));
}

static void unrealize(GtkWidget *widget)
{
    drop_display(VDI_DESKTOP_VIEW(widget));
    GTK_WIDGET_CLASS(vdi_desktop_view_parent_class)->unrealize(widget);
}

static void unmap(GtkWidget *widget)
{
    VdiDesktopView *self = VDI_DESKTOP_VIEW(widget);

    let_keyboard_go(self);
    if (self->display != NULL && self->display->ops->painted != NULL) {
        self->display->ops->painted(self->display); /* it will not be, and nobody must wait */
    }
    GTK_WIDGET_CLASS(vdi_desktop_view_parent_class)->unmap(widget);
}

static void size_allocate(GtkWidget *widget, GtkAllocation *at)
{
    gtk_widget_set_allocation(widget, at);
    if (gtk_widget_get_realized(widget)) {
        gdk_window_move_resize(gtk_widget_get_window(widget), at->x, at->y, at->width, at->height);
    }
    choose_display(VDI_DESKTOP_VIEW(widget));
}

static gboolean draw(GtkWidget *widget, cairo_t *cr)
{
    VdiDesktopView *self = VDI_DESKTOP_VIEW(widget);

    if (!gtk_cairo_should_draw_window(cr, gtk_widget_get_window(widget))) {
        return false;
    }
    if (self->has_frame) {
        vdi_display_paint(
            cr, vdi_view_picture(self->view), vdi_view_index(self->view), &self->placement);
    } else {
        cairo_set_source_rgb(cr, 0, 0, 0);
        cairo_paint(cr);
    }
    if (self->display != NULL && self->display->ops->painted != NULL) {
        self->display->ops->painted(self->display);
    }
    return true;
}

static void preferred_size(GtkWidget *widget, uint32_t pixels, int *minimum, int *natural)
{
    *minimum = VDI_PICTURE_MIN;
    *natural = MAX(VDI_PICTURE_MIN, (int) pixels / gtk_widget_get_scale_factor(widget));
}

static void preferred_width(GtkWidget *widget, int *minimum, int *natural)
{
    const VdiPicture *picture = vdi_desktop_view_picture(VDI_DESKTOP_VIEW(widget));

    preferred_size(widget, picture != NULL ? picture->width : 0, minimum, natural);
}

static void preferred_height(GtkWidget *widget, int *minimum, int *natural)
{
    const VdiPicture *picture = vdi_desktop_view_picture(VDI_DESKTOP_VIEW(widget));

    preferred_size(widget, picture != NULL ? picture->height : 0, minimum, natural);
}

static void dispose(GObject *object)
{
    vdi_desktop_view_close(VDI_DESKTOP_VIEW(object));
    G_OBJECT_CLASS(vdi_desktop_view_parent_class)->dispose(object);
}

static void vdi_desktop_view_class_init(VdiDesktopViewClass *class)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
    GType type = G_TYPE_FROM_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = dispose;
    widget->realize = realize;
    widget->unrealize = unrealize;
    widget->unmap = unmap;
    widget->size_allocate = size_allocate;
    widget->draw = draw;
    widget->event = event;
    widget->focus_in_event = focus_in;
    widget->focus_out_event = focus_out;
    widget->get_preferred_width = preferred_width;
    widget->get_preferred_height = preferred_height;
    g_signal_new("picture", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    g_signal_new("released", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    g_signal_new(
        "closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void vdi_desktop_view_init(VdiDesktopView *self)
{
    gtk_widget_set_has_window(GTK_WIDGET(self), true);
    gtk_widget_set_can_focus(GTK_WIDGET(self), true);
    gtk_widget_set_app_paintable(GTK_WIDGET(self), true);
    self->placement = (VdiPlacement){.scale = 1, .device_scale = 1};
    g_signal_connect(self, "notify::scale-factor", G_CALLBACK(choose_display), NULL);
}

GtkWidget *vdi_desktop_view_new(void)
{
    return g_object_new(VDI_TYPE_DESKTOP_VIEW, NULL);
}

void vdi_desktop_view_open(VdiDesktopView *self, VdiFd fd)
{
    vdi_desktop_view_close(self);
    self->view = vdi_view_new(fd, &delegate, self);
    self->input = vdi_gdk_input_new(self->view);
    self->is_open = true;
    self->is_let_go = false;
    if (gtk_widget_has_focus(GTK_WIDGET(self))) {
        vdi_gdk_input_focus(self->input, true, keymap_of(GTK_WIDGET(self)));
    }
}

void vdi_desktop_view_close(VdiDesktopView *self)
{
    let_keyboard_go(self);
    drop_display(self);
    self->is_open = false;
    self->has_frame = false;
    g_clear_pointer(&self->input, vdi_gdk_input_free);
    g_clear_pointer(&self->view, vdi_view_free);
}

const VdiPicture *vdi_desktop_view_picture(VdiDesktopView *self)
{
    return self->view != NULL ? vdi_view_picture(self->view) : NULL;
}

cairo_surface_t *vdi_desktop_view_snapshot(VdiDesktopView *self)
{
    const VdiPicture *picture = vdi_desktop_view_picture(self);

    if (picture == NULL || !self->has_frame) {
        return NULL;
    }
    cairo_surface_t *copy =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int) picture->width, (int) picture->height);
    cairo_t *cr = cairo_create(copy);

    vdi_display_paint(cr, picture, vdi_view_index(self->view), &(VdiPlacement){0, 0, 1, 1});
    cairo_destroy(cr);
    return copy;
}

const char *vdi_desktop_view_display(VdiDesktopView *self)
{
    return self->display != NULL ? self->display->ops->name : NULL;
}

void vdi_desktop_view_force_display(VdiDesktopView *self, const char *name)
{
    self->forced = name;
    drop_display(self);
    choose_display(self);
}

void vdi_desktop_view_take_keys(VdiDesktopView *self, GtkWindow *window)
{
    g_signal_connect_object(window, "key-press-event", G_CALLBACK(on_window_key), self, 0);
    g_signal_connect_object(window, "key-release-event", G_CALLBACK(on_window_key), self, 0);
}

void vdi_desktop_view_set_grab(VdiDesktopView *self, bool grab)
{
    self->wants_grab = grab;
    self->is_let_go = false;
    if (grab) {
        take_keyboard(self);
    } else {
        let_keyboard_go(self);
    }
}

bool vdi_desktop_view_is_grabbed(VdiDesktopView *self)
{
    return self->grabbed != NULL;
}

void vdi_desktop_view_send_ctrl_alt_del(VdiDesktopView *self)
{
    static const uint16_t keys[] = {KEY_LEFTCTRL, KEY_LEFTALT, KEY_DELETE, 0};

    if (self->is_open) {
        vdi_gdk_input_type(self->input, keys);
    }
}
