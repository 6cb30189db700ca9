// SPDX-License-Identifier: GPL-3.0-or-later
// What .NET Core 3.1 wants of OpenSSL's library and version 3 has under another name only: Roslyn hashes with it.
int EVP_MD_get_size(const void *digest);
void *SSL_get1_peer_certificate(const void *connection);
void ERR_put_error(int library, int function, int reason, const char *file, int line);
int EVP_MD_size(const void *digest);
void *SSL_get_peer_certificate(const void *connection);

void ERR_put_error(int library, int function, int reason, const char *file, int line)
{
        (void)library, (void)function, (void)reason, (void)file, (void)line;
}

int EVP_MD_size(const void *digest)
{
        return EVP_MD_get_size(digest);
}

void *SSL_get_peer_certificate(const void *connection)
{
        return SSL_get1_peer_certificate(connection);
}
