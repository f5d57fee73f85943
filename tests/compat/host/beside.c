/* SPDX-License-Identifier: Apache-2.0 */
/* A library that no folder of the system has, for test_libraries.c. */
int beside(void);

int beside(void)
{
    return 0;
}
