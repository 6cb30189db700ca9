/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/language.h"

#include "languages/languages.h"

#define DECLARE(number, name) extern const LinkLanguage name##_resolver;
RESOLVERS(DECLARE)

const LinkLanguage *link_language(UnitLanguage language)
{
#define ROW(number, name)                                                                          \
        if (language == (number))                                                                  \
                return &name##_resolver;
        RESOLVERS(ROW)
        return NULL;
}
