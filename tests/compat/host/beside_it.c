/* SPDX-License-Identifier: Apache-2.0 */
/* A program that needs it. */
int beside(void);

int main(void)
{
    return beside();
}
