/* SPDX-License-Identifier: Apache-2.0 */
/* Asking LLVM; see mca.h. */
#include "tests/timing/mca.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TARGET "-triple=powerpc64le -mcpu=pwr9"
#define TARGET_MCA "-mtriple=powerpc64le -mcpu=pwr9"
enum { LINE = 2000, COLUMNS = 128 };

bool mca_exists(void)
{
    return system("echo nop | llvm-mc " TARGET " >/dev/null 2>&1") == 0 &&
           system("echo nop | llvm-mca " TARGET_MCA " >/dev/null 2>&1") == 0;
}

/* A new file in /tmp, open for writing; NULL: there is no room. */
static FILE *open_file(char path[32])
{
    int fd;

    strcpy(path, "/tmp/p9sim-mca-XXXXXX");
    fd = mkstemp(path);
    return fd < 0 ? NULL : fdopen(fd, "w");
}

/* ---- words to text ---- */

/* "<TAB>add 3, 4, 5 # encoding: [0x14,0x2a,0x64,0x7c]": the bytes say which word it was. */
static bool read_encoded(char *line, u32 *word, char text[MCA_TEXT])
{
    char *encoding = strstr(line, "# encoding: [");
    unsigned byte[4];
    size_t length;

    if (!encoding || sscanf(encoding, "# encoding: [0x%x,0x%x,0x%x,0x%x]", &byte[0], &byte[1], &byte[2], &byte[3]) != 4)
        return false;
    *word = byte[0] | byte[1] << 8 | byte[2] << 16 | byte[3] << 24;
    while (encoding > line && strchr(" \t", encoding[-1])) encoding--;
    *encoding = 0;
    line += strspn(line, " \t");
    length = strlen(line);
    if (length >= MCA_TEXT) return false;
    memcpy(text, line, length + 1);
    for (char *c = text; *c; c++)
        if (*c == '\t') *c = ' ';
    return true;
}

bool mca_texts(const u32 *word, unsigned count, char (*text)[MCA_TEXT])
{
    char path[32], command[200], line[LINE], one[MCA_TEXT];
    FILE *file = open_file(path), *answer;
    unsigned at = 0, read = 0;
    u32 found;

    if (!file) return false;
    for (unsigned k = 0; k < count; k++) {
        text[k][0] = 0;
        fprintf(file, "0x%02x,0x%02x,0x%02x,0x%02x\n", word[k] & 255, word[k] >> 8 & 255, word[k] >> 16 & 255,
                word[k] >> 24);
    }
    fclose(file);
    snprintf(command, sizeof command, "llvm-mc --disassemble -show-encoding " TARGET " %s 2>/dev/null", path);
    answer = popen(command, "r");
    while (answer && fgets(line, sizeof line, answer)) {
        if (!read_encoded(line, &found, one)) continue;
        while (at < count && word[at] != found) at++;
        if (at == count) break;
        memcpy(text[at++], one, sizeof one);
        read++;
    }
    if (answer) pclose(answer);
    unlink(path);
    return read > 0;
}

/* ---- text to costs ---- */

/* "[10.1] - DP": the kind of the next column. */
static bool read_column(const char *line, char name[16])
{
    return sscanf(line, " [%*[0-9.]] - %15s", name) == 1;
}

static void add_pressure(struct mca_cost *cost, const char *name, double pressure, double sum[UNIT_KINDS + 3])
{
    for (unsigned unit = UNIT_NONE + 1; unit < UNIT_KINDS; unit++)
        if (!strcmp(name, unit_rows[unit].name)) sum[unit] += pressure;
    if (!strcmp(name, "IP_EXEC")) sum[UNIT_KINDS] += pressure;
    if (!strcmp(name, "IP_AGEN")) sum[UNIT_KINDS + 1] += pressure;
    if (!strncmp(name, "DISPx", 5)) sum[UNIT_KINDS + 2] += pressure;
    if (!strcmp(name, "DISPxab")) cost->thirds += pressure;
}

/* "0.25   0.25    -    ... add 3, 4, 5": one number or dash a column. */
static bool read_pressures(const char *line, char (*column)[16], unsigned columns, struct mca_cost *cost)
{
    double sum[UNIT_KINDS + 3] = {0};

    for (unsigned k = 0; k < columns; k++) {
        char token[16];
        int length = 0;

        if (sscanf(line, " %15s%n", token, &length) != 1) return false;
        line += length;
        if (strcmp(token, "-") != 0) add_pressure(cost, column[k], atof(token), sum);
    }
    for (unsigned unit = 0; unit < UNIT_KINDS; unit++) cost->units[unit] = (unsigned)(sum[unit] + 0.5);
    cost->exec = (unsigned)(sum[UNIT_KINDS] + 0.5);
    cost->agen = (unsigned)(sum[UNIT_KINDS + 1] + 0.5);
    cost->slots = (unsigned)(sum[UNIT_KINDS + 2] + 0.5);
    return true;
}

/* The tables that llvm-mca prints, one after the other, with a blank line behind each. */
static bool read_costs(FILE *answer, unsigned count, struct mca_cost *cost, char why[MCA_WHY])
{
    enum { ELSEWHERE, INFO, RESOURCES, PRESSURE } table = ELSEWHERE;
    char line[LINE], column[COLUMNS][16];
    unsigned columns = 0, infos = 0, pressures = 0;

    while (fgets(line, sizeof line, answer)) {
        if (strstr(line, "error:")) snprintf(why, MCA_WHY, "%.*s", (int)strcspn(line, "\n"), line);
        if (line[0] == '\n') table = ELSEWHERE;
        else if (!strncmp(line, "[1]    [2]", 10)) table = INFO;
        else if (!strncmp(line, "Resources:", 10)) table = RESOURCES;
        else if (!strncmp(line, "Resource pressure by instruction:", 33)) table = PRESSURE;
        else if (table == RESOURCES && columns < COLUMNS) columns += read_column(line, column[columns]);
        else if (table == INFO && infos < count)
            infos += sscanf(line, " %u %u %lf", &cost[infos].uops, &cost[infos].latency, &cost[infos].throughput) == 3;
        else if (table == PRESSURE && line[0] != '[' && pressures < count)
            pressures += read_pressures(line, column, columns, &cost[pressures]);
    }
    return infos == count && pressures == count;
}

bool mca_costs(char (*text)[MCA_TEXT], unsigned count, struct mca_cost *cost, char why[MCA_WHY])
{
    char path[32], command[200];
    FILE *file = open_file(path), *answer;
    bool fine = false;

    snprintf(why, MCA_WHY, "no room in /tmp, or llvm-mca does not answer as it used to");
    if (!file) return false;
    for (unsigned k = 0; k < count; k++) {
        fprintf(file, "%s\n", text[k]);
        cost[k] = (struct mca_cost){0};
    }
    fclose(file);
    snprintf(command, sizeof command, "llvm-mca " TARGET_MCA " -instruction-tables %s 2>&1", path);
    answer = popen(command, "r");
    if (answer) {
        fine = read_costs(answer, count, cost, why);
        pclose(answer);
    }
    unlink(path);
    return fine;
}

/* ---- blocks ---- */

/* Total cycles of so many iterations of each region, added to total[] times sign. */
static bool ask_totals(const char *path, unsigned iterations, double sign, double *total, unsigned count,
                       char why[MCA_WHY])
{
    char command[240], line[LINE];
    unsigned regions = 0;
    FILE *answer;
    double cycles;

    snprintf(command, sizeof command, "llvm-mca " TARGET_MCA " -all-views=false -summary-view -iterations=%u %s 2>&1",
             iterations, path);
    answer = popen(command, "r");
    while (answer && fgets(line, sizeof line, answer)) {
        if (strstr(line, "error:")) snprintf(why, MCA_WHY, "%.*s", (int)strcspn(line, "\n"), line);
        if (sscanf(line, "Total Cycles: %lf", &cycles) == 1 && regions < count) total[regions++] += sign * cycles;
    }
    if (answer) pclose(answer);
    return regions == count;
}

bool mca_blocks(char (*text)[MCA_TEXT], const unsigned *first, unsigned count, double *cycles, char why[MCA_WHY])
{
    enum { WARM = 50, MORE = 200 };
    char path[32];
    FILE *file = open_file(path);
    bool fine;

    snprintf(why, MCA_WHY, "no room in /tmp, or llvm-mca does not answer as it used to");
    if (!file) return false;
    for (unsigned n = 0; n < count; n++) {
        fprintf(file, "# LLVM-MCA-BEGIN %u\n", n);
        for (unsigned k = first[n]; k < first[n + 1]; k++) fprintf(file, "%s\n", text[k]);
        fprintf(file, "# LLVM-MCA-END\n");
        cycles[n] = 0;
    }
    fclose(file);
    fine = ask_totals(path, WARM + MORE, 1, cycles, count, why) && ask_totals(path, WARM, -1, cycles, count, why);
    for (unsigned n = 0; n < count; n++) cycles[n] /= MORE;
    unlink(path);
    return fine;
}
