#ifndef NODEAUDIT_CLIBCURL_SHIM_H
#define NODEAUDIT_CLIBCURL_SHIM_H

#include <curl/curl.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// Swift cannot call variadic C functions. Each shim below is one variadic call with its one argument typed;
// the parentheses keep curl's type-checking macros out. No logic belongs here.

static inline CURLcode shim_easy_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode shim_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode shim_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode shim_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode shim_easy_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t length) {
    struct curl_blob blob = {(void *)bytes, length, CURL_BLOB_COPY};
    return (curl_easy_setopt)(easy, option, &blob);
}

static inline CURLcode shim_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(easy, option, value);
}

// CURLOPT_WRITEFUNCTION, CURLOPT_HEADERFUNCTION and CURLOPT_READFUNCTION share one type.
static inline CURLcode shim_easy_set_transfer_callback(CURL *easy, CURLoption option, curl_write_callback callback) {
    return (curl_easy_setopt)(easy, option, callback);
}

static inline CURLcode shim_easy_set_seek_callback(CURL *easy, curl_seek_callback callback) {
    return (curl_easy_setopt)(easy, CURLOPT_SEEKFUNCTION, callback);
}

static inline CURLcode shim_easy_set_prereq_callback(CURL *easy, curl_prereq_callback callback) {
    return (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, callback);
}

static inline CURLcode shim_easy_set_sockopt_callback(CURL *easy, curl_sockopt_callback callback) {
    return (curl_easy_setopt)(easy, CURLOPT_SOCKOPTFUNCTION, callback);
}

static inline CURLcode shim_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLMcode shim_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

static inline CURLMcode shim_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
    return (curl_multi_setopt)(multi, option, value);
}

static inline CURLMcode shim_multi_set_socket_callback(CURLM *multi, curl_socket_callback callback) {
    return (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, callback);
}

static inline CURLMcode shim_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback callback) {
    return (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, callback);
}

// An enumeration's members are no numbers in Swift.
static inline int shim_eventfd(void) {
    return (eventfd)(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

// The name of the calling thread, as `top -H` shows it: 15 bytes, the rest is cut.
static inline int shim_name_this_thread(const char *name) {
    return (prctl)(PR_SET_NAME, name, 0, 0, 0);
}

#endif
