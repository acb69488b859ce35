#define _GNU_SOURCE
#define SECRET_API_SUBJECT_TO_CHANGE 1
#include "CLibSecret.h"

#include <libsecret/secret.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SERVICE "org.freedesktop.secrets"
#define SERVICE_PATH "/org/freedesktop/secrets"
#define COLLECTION "org.freedesktop.Secret.Collection"

static const SecretSchema schema = {
    .name = "org.kist.UnlockingKey",
    .flags = SECRET_SCHEMA_NONE,
    .attributes = {{"slot", SECRET_SCHEMA_ATTRIBUTE_STRING}},
};

static const SecretSchema seen_schema = {
    .name = "org.kist.Seen",
    .flags = SECRET_SCHEMA_NONE,
    .attributes = {{"vault", SECRET_SCHEMA_ATTRIBUTE_STRING}},
};

static const SecretSchema *schema_of(const struct kist_keyring_request *request) {
    return request->vault ? &seen_schema : &schema;
}

/* Cancels what is under way when the time is over; libsecret's own calls wait as long as the other side likes. */
struct deadline {
    GCancellable *cancellable;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    struct timespec end;
    int is_over;    /* the work, not the time */
    int has_passed; /* the time */
    int is_running;
};

static void *watch(void *context) {
    struct deadline *deadline = context;
    pthread_mutex_lock(&deadline->lock);
    while (!deadline->is_over) {
        if (pthread_cond_timedwait(&deadline->changed, &deadline->lock, &deadline->end) == 0) continue;
        if (deadline->is_over) break;
        deadline->has_passed = 1;
        g_cancellable_cancel(deadline->cancellable);
        break;
    }
    pthread_mutex_unlock(&deadline->lock);
    return NULL;
}

static void begin(struct deadline *deadline, long milliseconds) {
    memset(deadline, 0, sizeof *deadline);
    deadline->cancellable = g_cancellable_new();
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&deadline->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&deadline->lock, NULL);
    clock_gettime(CLOCK_MONOTONIC, &deadline->end);
    deadline->end.tv_sec += milliseconds / 1000;
    deadline->end.tv_nsec += milliseconds % 1000 * 1000000;
    if (deadline->end.tv_nsec >= 1000000000) {
        deadline->end.tv_sec += 1;
        deadline->end.tv_nsec -= 1000000000;
    }
    deadline->is_running = pthread_create(&deadline->thread, NULL, watch, deadline) == 0;
    if (!deadline->is_running) g_cancellable_cancel(deadline->cancellable);
}

static void finish(struct deadline *deadline, struct kist_keyring_answer *answer) {
    if (deadline->is_running) {
        pthread_mutex_lock(&deadline->lock);
        deadline->is_over = 1;
        pthread_cond_signal(&deadline->changed);
        pthread_mutex_unlock(&deadline->lock);
        pthread_join(deadline->thread, NULL);
    }
    /* Whatever a call said when it was cancelled. */
    if (deadline->has_passed && answer->outcome != KIST_KEYRING_DONE) answer->outcome = KIST_KEYRING_TIMEOUT;
    pthread_cond_destroy(&deadline->changed);
    pthread_mutex_destroy(&deadline->lock);
    g_object_unref(deadline->cancellable);
}

static void say(struct kist_keyring_answer *answer, const char *text) {
    g_strlcpy(answer->text, text ? text : "", sizeof answer->text);
}

/* Records what an error means, and frees it. */
static void fail(struct kist_keyring_answer *answer, GError *error, int usual) {
    answer->outcome = usual;
    if (!error) return;
    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
        g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
        g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND))
        answer->outcome = KIST_KEYRING_NO_SERVICE;
    else if (g_error_matches(error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
        answer->outcome = KIST_KEYRING_LOCKED;
    else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
             g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
        answer->outcome = KIST_KEYRING_TIMEOUT;
    g_dbus_error_strip_remote_error(error);
    say(answer, error->message);
    g_error_free(error);
}

/* The session bus of the environment. GIO would start a bus of its own when there is none, and would talk over TCP;
   neither is wanted for a key. */
static int has_bus(void) {
    const char *address = getenv("DBUS_SESSION_BUS_ADDRESS");
    if (address && *address) {
        for (const char *next = address; next; next = strchr(next, ';')) {
            if (*next == ';') next++;
            if (*next && strncmp(next, "unix:", 5) != 0) return 0;
        }
        return 1;
    }
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (!runtime || *runtime != '/') return 0;
    char *path = g_build_filename(runtime, "bus", NULL);
    struct stat status;
    int found = stat(path, &status) == 0 && S_ISSOCK(status.st_mode);
    g_free(path);
    return found;
}

static GDBusConnection *connect_bus(GCancellable *cancellable, struct kist_keyring_answer *answer) {
    /* No plug-ins of the desktop in this process: files, settings and proxies are none of its business. */
    setenv("GIO_MODULE_DIR", "/nonexistent", 1);
    setenv("GIO_USE_VFS", "local", 1);
    setenv("GSETTINGS_BACKEND", "memory", 1);
    setenv("GIO_USE_PROXY_RESOLVER", "dummy", 1);
    if (!has_bus()) {
        answer->outcome = KIST_KEYRING_NO_BUS;
        return NULL;
    }
    GError *error = NULL;
    GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SESSION, cancellable, &error);
    if (!bus) fail(answer, error, KIST_KEYRING_NO_BUS);
    else g_dbus_connection_set_exit_on_close(bus, FALSE);
    return bus;
}

static int has_owner(GDBusConnection *bus, GCancellable *cancellable) {
    GVariant *reply = g_dbus_connection_call_sync(
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
        g_variant_new("(s)", SERVICE), G_VARIANT_TYPE("(b)"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, NULL);
    gboolean owned = FALSE;
    if (reply) {
        g_variant_get(reply, "(b)", &owned);
        g_variant_unref(reply);
    }
    return owned;
}

static GVariant *property(GDBusConnection *bus, const char *path, const char *interface, const char *name,
                          GCancellable *cancellable, GError **error) {
    GVariant *reply = g_dbus_connection_call_sync(
        bus, SERVICE, path, "org.freedesktop.DBus.Properties", "Get", g_variant_new("(ss)", interface, name),
        G_VARIANT_TYPE("(v)"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, error);
    if (!reply) return NULL;
    GVariant *value = NULL;
    g_variant_get(reply, "(v)", &value);
    g_variant_unref(reply);
    return value;
}

/* The collection with this label, or the default one; NULL with the outcome set. */
static char *collection_path(GDBusConnection *bus, const char *label, GCancellable *cancellable,
                             struct kist_keyring_answer *answer) {
    GError *error = NULL;
    char *found = NULL;
    if (!label) {
        GVariant *reply = g_dbus_connection_call_sync(
            bus, SERVICE, SERVICE_PATH, "org.freedesktop.Secret.Service", "ReadAlias", g_variant_new("(s)", "default"),
            G_VARIANT_TYPE("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, &error);
        if (reply) {
            g_variant_get(reply, "(o)", &found);
            g_variant_unref(reply);
            if (strcmp(found, "/") == 0) g_clear_pointer(&found, g_free);
        }
    } else {
        GVariant *all = property(bus, SERVICE_PATH, "org.freedesktop.Secret.Service", "Collections", cancellable, &error);
        if (all && g_variant_is_of_type(all, G_VARIANT_TYPE("ao"))) {
            GVariantIter iterator;
            const char *path;
            g_variant_iter_init(&iterator, all);
            while (!found && g_variant_iter_next(&iterator, "&o", &path)) {
                GVariant *text = property(bus, path, COLLECTION, "Label", cancellable, NULL);
                if (text && g_variant_is_of_type(text, G_VARIANT_TYPE_STRING) &&
                    strcmp(g_variant_get_string(text, NULL), label) == 0)
                    found = g_strdup(path);
                if (text) g_variant_unref(text);
            }
        }
        if (all) g_variant_unref(all);
    }
    if (!found) fail(answer, error, error ? KIST_KEYRING_OTHER : KIST_KEYRING_NO_COLLECTION);
    return found;
}

/* A session in which secrets cross the bus encrypted; NULL with the outcome set. */
static SecretService *open_session(const struct kist_keyring_request *request, GCancellable *cancellable,
                                   GDBusConnection **bus, struct kist_keyring_answer *answer) {
    *bus = connect_bus(cancellable, answer);
    if (!*bus) return NULL;
    if (!request->may_start && !has_owner(*bus, cancellable)) {
        answer->outcome = KIST_KEYRING_NO_SERVICE;
        return NULL;
    }
    GError *error = NULL;
    SecretService *service = secret_service_get_sync(SECRET_SERVICE_OPEN_SESSION, cancellable, &error);
    if (!service) {
        fail(answer, error, KIST_KEYRING_OTHER);
        return NULL;
    }
    const char *algorithm = secret_service_get_session_algorithms(service);
    if (!algorithm || strncmp(algorithm, "dh-", 3) != 0) {
        answer->outcome = KIST_KEYRING_CLEAR;
        g_object_unref(service);
        return NULL;
    }
    return service;
}

static GHashTable *attributes(const struct kist_keyring_request *request) {
    GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);
    if (request->vault) g_hash_table_insert(table, "vault", (gpointer)request->vault);
    else g_hash_table_insert(table, "slot", (gpointer)request->slot);
    return table;
}

/* The items with these attributes, unlocked by asking when that is allowed; NULL with the outcome set. */
static char **items(const struct kist_keyring_request *request, SecretService *service, GCancellable *cancellable,
                    struct kist_keyring_answer *answer) {
    GHashTable *wanted = attributes(request);
    char **open = NULL, **locked = NULL, **opened = NULL;
    GError *error = NULL;
    gboolean searched = secret_service_search_for_dbus_paths_sync(
        service, schema_of(request), wanted, cancellable, &open, &locked, &error);
    g_hash_table_unref(wanted);
    if (!searched) {
        fail(answer, error, KIST_KEYRING_OTHER);
        return NULL;
    }
    if (open && open[0]) {
        g_strfreev(locked);
        return open;
    }
    g_strfreev(open);
    if (!locked || !locked[0]) {
        answer->outcome = KIST_KEYRING_NOTHING;
    } else if (!request->may_ask) {
        answer->outcome = KIST_KEYRING_LOCKED;
    } else {
        int count = secret_service_unlock_dbus_paths_sync(service, (const char **)locked, cancellable, &opened, &error);
        if (count < 0) fail(answer, error, KIST_KEYRING_OTHER);
        else if (count == 0) answer->outcome = KIST_KEYRING_DISMISSED;
        if (count <= 0) g_clear_pointer(&opened, g_strfreev);
    }
    g_strfreev(locked);
    return opened;
}

/* The value of the first item; NULL with the outcome set. Free it with secret_value_unref, which wipes. */
static SecretValue *value_of(const struct kist_keyring_request *request, SecretService *service,
                             GCancellable *cancellable, struct kist_keyring_answer *answer) {
    char **paths = items(request, service, cancellable, answer);
    if (!paths) return NULL;
    GError *error = NULL;
    SecretValue *value = secret_service_get_secret_for_dbus_path_sync(service, paths[0], cancellable, &error);
    if (!value) fail(answer, error, error ? KIST_KEYRING_OTHER : KIST_KEYRING_LOCKED);
    g_strfreev(paths);
    return value;
}

void kist_keyring_probe(const struct kist_keyring_request *request, struct kist_keyring_answer *answer) {
    struct deadline deadline;
    memset(answer, 0, sizeof *answer);
    begin(&deadline, request->milliseconds);
    GDBusConnection *bus = connect_bus(deadline.cancellable, answer);
    if (bus && !has_owner(bus, deadline.cancellable)) answer->outcome = KIST_KEYRING_NO_SERVICE;
    if (bus && answer->outcome == KIST_KEYRING_DONE) {
        char *path = collection_path(bus, request->collection, deadline.cancellable, answer);
        GError *error = NULL;
        GVariant *locked = path ? property(bus, path, COLLECTION, "Locked", deadline.cancellable, &error) : NULL;
        if (locked && g_variant_is_of_type(locked, G_VARIANT_TYPE_BOOLEAN)) {
            answer->is_locked = g_variant_get_boolean(locked);
            GVariant *label = property(bus, path, COLLECTION, "Label", deadline.cancellable, NULL);
            if (label && g_variant_is_of_type(label, G_VARIANT_TYPE_STRING))
                say(answer, g_variant_get_string(label, NULL));
            if (label) g_variant_unref(label);
        } else if (path) {
            fail(answer, error, KIST_KEYRING_OTHER);
        }
        if (locked) g_variant_unref(locked);
        g_free(path);
    }
    finish(&deadline, answer);
    if (bus) g_object_unref(bus);
}

void kist_keyring_get(const struct kist_keyring_request *request, void *secret, size_t capacity, size_t *length,
                      struct kist_keyring_answer *answer) {
    struct deadline deadline;
    memset(answer, 0, sizeof *answer);
    *length = 0;
    begin(&deadline, request->milliseconds);
    GDBusConnection *bus = NULL;
    SecretService *service = open_session(request, deadline.cancellable, &bus, answer);
    SecretValue *value = service ? value_of(request, service, deadline.cancellable, answer) : NULL;
    if (value) {
        gsize count = 0;
        const char *bytes = secret_value_get(value, &count);
        if (count == 0 || count > capacity) {
            answer->outcome = KIST_KEYRING_UNFIT;
        } else {
            memcpy(secret, bytes, count);
            *length = count;
        }
        secret_value_unref(value);
    }
    finish(&deadline, answer);
    if (service) g_object_unref(service);
    if (bus) g_object_unref(bus);
}

/* Opens the collection by asking, when that is needed and allowed. */
static int is_open(const struct kist_keyring_request *request, SecretService *service, GDBusConnection *bus,
                   const char *path, GCancellable *cancellable, struct kist_keyring_answer *answer) {
    GError *error = NULL;
    GVariant *locked = property(bus, path, COLLECTION, "Locked", cancellable, &error);
    if (!locked || !g_variant_is_of_type(locked, G_VARIANT_TYPE_BOOLEAN)) {
        if (locked) g_variant_unref(locked);
        fail(answer, error, KIST_KEYRING_OTHER);
        return 0;
    }
    gboolean is_locked = g_variant_get_boolean(locked);
    g_variant_unref(locked);
    if (!is_locked) return 1;
    if (!request->may_ask) {
        answer->outcome = KIST_KEYRING_LOCKED;
        return 0;
    }
    const char *paths[] = {path, NULL};
    int count = secret_service_unlock_dbus_paths_sync(service, paths, cancellable, NULL, &error);
    if (count < 0) fail(answer, error, KIST_KEYRING_OTHER);
    else if (count == 0) answer->outcome = KIST_KEYRING_DISMISSED;
    return count > 0;
}

void kist_keyring_set(const struct kist_keyring_request *request, const void *secret, size_t length,
                      struct kist_keyring_answer *answer) {
    struct deadline deadline;
    memset(answer, 0, sizeof *answer);
    begin(&deadline, request->milliseconds);
    GCancellable *cancellable = deadline.cancellable;
    GDBusConnection *bus = NULL;
    SecretService *service = open_session(request, cancellable, &bus, answer);
    char *path = service ? collection_path(bus, request->collection, cancellable, answer) : NULL;
    if (path && is_open(request, service, bus, path, cancellable, answer)) {
        GHashTable *wanted = attributes(request);
        GError *error = NULL;
        SecretValue *value = secret_value_new(secret, (gssize)length, "text/plain");
        gboolean stored = secret_service_store_sync(
            service, schema_of(request), wanted, path, request->label ? request->label : "Kist", value, cancellable, &error);
        secret_value_unref(value);
        g_hash_table_unref(wanted);
        if (!stored) {
            fail(answer, error, KIST_KEYRING_OTHER);
        } else if ((value = value_of(request, service, cancellable, answer))) {
            gsize count = 0;
            const char *bytes = secret_value_get(value, &count);
            if (count != length || memcmp(bytes, secret, length) != 0) answer->outcome = KIST_KEYRING_UNFIT;
            secret_value_unref(value);
        }
    }
    g_free(path);
    finish(&deadline, answer);
    if (service) g_object_unref(service);
    if (bus) g_object_unref(bus);
}

void kist_keyring_remove(const struct kist_keyring_request *request, struct kist_keyring_answer *answer) {
    struct deadline deadline;
    memset(answer, 0, sizeof *answer);
    begin(&deadline, request->milliseconds);
    GDBusConnection *bus = NULL;
    SecretService *service = open_session(request, deadline.cancellable, &bus, answer);
    char **paths = service ? items(request, service, deadline.cancellable, answer) : NULL;
    for (char **path = paths; path && *path && answer->outcome == KIST_KEYRING_DONE; path++) {
        GError *error = NULL;
        if (secret_service_delete_item_dbus_path_sync(service, *path, deadline.cancellable, &error)) answer->count++;
        else fail(answer, error, error ? KIST_KEYRING_OTHER : KIST_KEYRING_DISMISSED);
    }
    g_strfreev(paths);
    finish(&deadline, answer);
    if (service) g_object_unref(service);
    if (bus) g_object_unref(bus);
}

/* What other programs keep there, by an attribute that all their items have. */
static const char *const others[][2] = {
    {"xdg:schema", "org.git.Password"},
    {"xdg:schema", "io.docker.Credentials"},
    {"xdg:schema", "org.rust-lang.cargo.registry"},
    {"application", "Python keyring library"},
};

struct room {
    unsigned char *bytes;
    size_t capacity, length;
};

static int put(struct room *room, const void *bytes, size_t count) {
    if (room->capacity - room->length < count) return 0;
    if (count) memcpy(room->bytes + room->length, bytes, count);
    room->length += count;
    return 1;
}

static int put_sized(struct room *room, const void *bytes, size_t count) {
    const unsigned char size[4] = {(unsigned char)(count >> 24), (unsigned char)(count >> 16),
                                   (unsigned char)(count >> 8), (unsigned char)count};
    return count <= 0xFFFFFFFF && put(room, size, 4) && put(room, bytes, count);
}

/* u8 kind, u8 attributes, so many pairs of sized texts, the sized secret. */
static int put_item(struct room *room, unsigned char kind, SecretItem *item) {
    SecretValue *value = secret_item_get_secret(item);
    if (!value) return 1;
    GHashTable *table = secret_item_get_attributes(item);
    unsigned char count = (unsigned char)g_hash_table_size(table);
    int fits = g_hash_table_size(table) <= 64 && put(room, &kind, 1) && put(room, &count, 1);
    GHashTableIter iterator;
    gpointer key, text;
    g_hash_table_iter_init(&iterator, table);
    while (fits && g_hash_table_iter_next(&iterator, &key, &text))
        fits = put_sized(room, key, strlen(key)) && put_sized(room, text, strlen(text));
    gsize length = 0;
    const char *secret = secret_value_get(value, &length);
    fits = fits && put_sized(room, secret, length);
    secret_value_unref(value);
    g_hash_table_unref(table);
    return fits;
}

void kist_keyring_others(const struct kist_keyring_request *request, void *bytes, size_t capacity, size_t *length,
                         struct kist_keyring_answer *answer) {
    struct deadline deadline;
    struct room room = {.bytes = bytes, .capacity = capacity};
    memset(answer, 0, sizeof *answer);
    *length = 0;
    begin(&deadline, request->milliseconds);
    GDBusConnection *bus = NULL;
    SecretService *service = open_session(request, deadline.cancellable, &bus, answer);
    int flags = SECRET_SEARCH_ALL | SECRET_SEARCH_LOAD_SECRETS | (request->may_ask ? SECRET_SEARCH_UNLOCK : 0);
    for (size_t kind = 0; service && kind < G_N_ELEMENTS(others) && answer->outcome == KIST_KEYRING_DONE; kind++) {
        GHashTable *wanted = g_hash_table_new(g_str_hash, g_str_equal);
        g_hash_table_insert(wanted, (gpointer)others[kind][0], (gpointer)others[kind][1]);
        GError *error = NULL;
        GList *items = secret_service_search_sync(
            service, NULL, wanted, (SecretSearchFlags)flags, deadline.cancellable, &error);
        if (error) fail(answer, error, KIST_KEYRING_OTHER);
        for (GList *item = items; item && answer->outcome == KIST_KEYRING_DONE; item = item->next) {
            if (put_item(&room, (unsigned char)kind, item->data)) answer->count++;
            else answer->outcome = KIST_KEYRING_UNFIT;
        }
        g_list_free_full(items, g_object_unref);
        g_hash_table_unref(wanted);
    }
    if (answer->outcome == KIST_KEYRING_DONE && answer->count == 0) answer->outcome = KIST_KEYRING_NOTHING;
    if (answer->outcome == KIST_KEYRING_DONE) *length = room.length;
    finish(&deadline, answer);
    if (service) g_object_unref(service);
    if (bus) g_object_unref(bus);
}
